"""Some eighty hostile tools, for real: all in one scan, and each alone.

Every tool leaves a trace when it is started, and a mark in whatever it starts: one that never ran
proves nothing, and nothing of it may be left.
"""

from __future__ import annotations

import os
import pty
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hostile.farm import Farm, Tool, tools

from ckpm.system import control_group
from ckpm.system.probe import ProbeResult, probe

TOOLS = tools()
# Without control groups, a bomb takes from the others of its user what they need to start anything.
TOGETHER = TOOLS if os.geteuid() == 0 else [tool for tool in TOOLS if not tool.is_bomb]
STARTED = [tool for tool in TOGETHER if tool.starts]
ALONE = [tool for tool in TOOLS if tool.is_asked]
SHORT = 1.5
LONG = 60
pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")


@dataclass(frozen=True)
class Scan:
    """What came of one scan, and of the terminal that it was started from."""

    farm: Farm
    result: dict[str, Any]
    started: set[str]
    running: list[str]
    terminal: tuple[list[Any], list[Any]]
    printed: bytes


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    farm = Farm(tmp_path_factory.mktemp("hostile"), TOGETHER)
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    result = farm.scan(terminal=theirs)
    os.write(theirs, b".")
    printed, after = os.read(ours, 65536), termios.tcgetattr(theirs)
    os.close(ours)
    os.close(theirs)
    return Scan(farm, result, farm.started(), farm.running(), (before, after), printed)


def test_there_are_enough_of_them() -> None:
    assert len(STARTED) >= 60
    assert len({tool.name for tool in TOOLS}) == len(TOOLS)


def test_a_scan_starts_each_of_them_and_nothing_else(scan: Scan) -> None:
    behind = {f"behind-{tool.name}" for tool in TOGETHER if tool.behind}
    assert scan.started == {f"bin-{tool.name}" for tool in STARTED} | behind


def test_a_scan_finds_what_they_are_and_nothing_else(scan: Scan) -> None:
    expected = [[tool.name, tool.version or tool.behind] for tool in TOGETHER]
    assert scan.result["found"] == [[name, version] for name, version in expected if version]


def test_a_scan_names_those_that_are_broken_and_no_others(scan: Scan) -> None:
    warnings = {text.split("`")[1]: text for text in scan.result["warnings"]}
    broken = {scan.farm.path(tool) for tool in TOGETHER if tool.is_reported}
    assert set(warnings) == broken | {f"{scan.farm.root}/public"}
    assert all(text.isprintable() for text in warnings.values())


def test_a_scan_leaves_nothing(scan: Scan) -> None:
    assert scan.running == []
    assert list((scan.farm.root / "scratch").iterdir()) == []
    assert {path.name for path in (scan.farm.root / "here").iterdir()} == {"relative", "trap"}


def test_a_scan_leaves_the_terminal_alone(scan: Scan) -> None:
    before, after = scan.terminal
    assert (after, scan.printed) == (before, b".")


def test_a_scan_does_not_wait_for_one_after_another(scan: Scan) -> None:
    hanging = [tool for tool in TOGETHER if (tool.fault or "").startswith("did not finish")]
    assert scan.result["seconds"] < 5 * len(hanging) / 2


def test_a_scan_holds_little_in_memory(scan: Scan) -> None:
    # They print gigabytes. The figure to beat is in benchmarks/detection.py; this has room.
    assert scan.result["peak_kilobytes"] < 100_000


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Any]:
    def let_loose(tool: Tool) -> ProbeResult:
        farms.append(farm := Farm(tmp_path, [tool]))
        hangs = (tool.fault or "").startswith("did not")
        begun = time.monotonic()
        limit = SHORT if hangs else LONG
        result = probe([farm.path(tool), "--version"], environ=farm.environ, timeout_s=limit)
        assert time.monotonic() - begun < LONG / 2
        assert (farm.started() != set()) == tool.starts
        return result

    farms: list[Farm] = []
    yield let_loose
    assert farms[0].running() == []


@pytest.mark.parametrize("tool", ALONE, ids=lambda tool: tool.name)
def test_each_alone(tool: Tool, alone: Any) -> None:
    judge(tool, alone(tool))


LEAVERS = [tool for tool in ALONE if tool.file in ("spreading", "waiting")]


@pytest.mark.parametrize("tool", LEAVERS, ids=lambda tool: tool.name)
def test_each_without_a_control_group(
    tool: Tool, alone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for everybody but root: what is left is found by its mark."""
    monkeypatch.setattr(control_group, "_TOPS", ())
    judge(tool, alone(tool))


def judge(tool: Tool, result: ProbeResult) -> None:
    assert (result.fault or "").startswith(tool.fault or "")
    assert (tool.fault is None) == (result.fault is None)
    if tool.fault is None:
        assert result.returncode == (tool.code or 0)
    if tool.prints is not None:
        assert result.output == tool.prints
    if tool.version is not None:
        assert f"tool {tool.version}\n" in f"{result.output.rstrip()}\n"
