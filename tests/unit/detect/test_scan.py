"""Scans of real files and programs, and what a second scan remembers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ckpm.detect import Journal, Search, detect
from ckpm.model.detector import Detector, VersionProbe
from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.system.host import LocalHost
from ckpm.system.probe import ProbeResult

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu")
TOOL = Detector("tool", executables=("tool", "tool-*"), version=VersionProbe(pattern=r"tool (\S+)"))
ALIAS = Detector("alias", executables=("alias",), version=VersionProbe(pattern=r"tool (\S+)"))


class CountingHost(LocalHost):
    """This machine, with a list of what was run."""

    def __init__(self, *directories: Path, timeout_s: float = 30) -> None:
        path = ":".join(map(str, directories))
        super().__init__({"PATH": path + ":/usr/bin:/bin"}, LINUX, timeout_s=timeout_s)
        self.ran: list[Sequence[str]] = []

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        self.ran.append(argv)
        return super().probe(argv, extra)


def write_tool(path: Path, body: str) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def versions(found: Sequence[Installation]) -> list[str]:
    return [str(installation.version) for installation in found]


def test_a_hanging_tool_is_a_warning_and_the_rest_is_found(tmp_path: Path) -> None:
    hangs = write_tool(tmp_path / "a" / "tool", "sleep 60")
    write_tool(tmp_path / "b" / "tool", "echo tool 2.0")
    host, said = CountingHost(tmp_path / "a", tmp_path / "b", timeout_s=1), []
    assert versions(detect([TOOL], host, journal=Journal(said.append))) == ["2.0"]
    assert said == [f"`{hangs}` did not finish in 1 s; it is not taken for `tool`"]


def test_a_file_is_run_once_for_all_its_names_and_detectors(tmp_path: Path) -> None:
    tool = write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    (tmp_path / "bin" / "alias").symlink_to("tool")
    (tmp_path / "bin" / "tool-1.0").hardlink_to(tool)
    host, twin = CountingHost(tmp_path / "bin"), replace(TOOL, package="twin")
    assert [each.package for each in detect([TOOL, twin], host)] == ["tool", "twin"]
    assert len(host.ran) == 1


def test_a_file_is_asked_by_each_name_that_is_another_tool(tmp_path: Path) -> None:
    tool = write_tool(tmp_path / "bin" / "tool", 'echo "${0##*/} 1.0"')
    (tmp_path / "bin" / "alias").hardlink_to(tool)
    cache = tmp_path / "cache"
    for _ in range(2):
        found = detect([ALIAS, TOOL], CountingHost(tmp_path / "bin"), cache=cache)
        assert [each.package for each in found] == ["tool"]


def test_only_the_packages_asked_for_are_run(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    write_tool(tmp_path / "bin" / "alias", "echo tool 2.0")
    host = CountingHost(tmp_path / "bin")
    assert versions(detect([TOOL, ALIAS], host, search=Search(packages={"alias"}))) == ["2.0"]
    assert len(host.ran) == 1


def test_nothing_in_a_directory_that_anybody_can_write_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    write_tool(tmp_path / "bin" / "tool", f"touch {marker}; echo tool 6.6")
    (tmp_path / "bin").chmod(0o1777)
    assert detect([TOOL], CountingHost(tmp_path / "bin")) == ()
    assert not marker.exists()


def test_a_warm_scan_runs_nothing_until_a_file_changes(tmp_path: Path) -> None:
    tool = write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    cold, warm, later = (CountingHost(tmp_path / "bin") for _ in range(3))
    cache = tmp_path / "cache"
    first = detect([TOOL], cold, cache=cache)
    assert (len(cold.ran), detect([TOOL], warm, cache=cache), warm.ran) == (1, first, [])
    write_tool(tool, "echo tool 1.1")
    os.utime(tool, ns=(1, 1))
    assert versions(detect([TOOL], later, cache=cache)) == ["1.1"]


def test_a_removed_file_is_no_longer_found(tmp_path: Path) -> None:
    tool = write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    cache = tmp_path / "cache"
    assert detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache)
    tool.unlink()
    assert detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache) == ()


def test_a_narrow_scan_forgets_nothing_and_a_whole_one_what_is_gone(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    alias = write_tool(tmp_path / "bin" / "alias", "echo tool 2.0")
    cache, here = tmp_path / "cache", tmp_path / "bin"
    detect([TOOL, ALIAS], CountingHost(here), cache=cache)
    write_tool(tmp_path / "bin" / "tool-2", "echo tool 2.0")
    detect([TOOL, ALIAS], CountingHost(here), cache=cache, search=Search(packages={"tool"}))
    warm = CountingHost(here)
    detect([TOOL, ALIAS], warm, cache=cache)
    assert warm.ran == []
    alias.unlink()
    detect([TOOL, ALIAS], CountingHost(here), cache=cache)
    assert "alias" not in (cache / "probes.json").read_text()


def test_what_is_still_true_is_kept_when_something_else_changes(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    cache, here = tmp_path / "cache", tmp_path / "bin"
    detect([TOOL, ALIAS], CountingHost(here), cache=cache)
    write_tool(tmp_path / "bin" / "alias", "echo tool 2.0")
    detect([TOOL, ALIAS], CountingHost(here), cache=cache)
    warm = CountingHost(here)
    assert versions(detect([TOOL, ALIAS], warm, cache=cache)) == ["1.0", "2.0"]
    assert warm.ran == []


def test_a_cache_of_another_format_is_not_believed(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    cache = tmp_path / "cache"
    detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache)
    text = (cache / "probes.json").read_text()
    (cache / "probes.json").write_text(
        text.replace('"format":2', '"format":0').replace("1.0", "9.9")
    )
    assert versions(detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache)) == ["1.0"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format":2,"probes":[]}',
        '{"format":0,"probes":{}}',
        '{"format":2}',
        "[" * 9999,
    ],
)
def test_a_corrupted_cache_is_ignored_and_replaced(tmp_path: Path, text: str) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "probes.json").write_text(text)
    assert versions(detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache)) == ["1.0"]
    warm = CountingHost(tmp_path / "bin")
    assert versions(detect([TOOL], warm, cache=cache)) == ["1.0"]
    assert warm.ran == []


def test_corrupted_entries_are_asked_again(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    cache = tmp_path / "cache"
    detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache)
    key = f"{tmp_path}/bin/tool\\u0000tool\\u0000--version"
    for entry in ("null", "7", "[]", '[[],1,2,"x",[]]'):
        (cache / "probes.json").write_text(f'{{"format":2,"probes":{{"{key}":{entry}}}}}')
        assert versions(detect([TOOL], CountingHost(tmp_path / "bin"), cache=cache)) == ["1.0"]


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    (tmp_path / "cache").touch()
    host = CountingHost(tmp_path / "bin")
    assert versions(detect([TOOL], host, cache=tmp_path / "cache")) == ["1.0"]


def test_a_fault_is_told_again_from_the_cache(tmp_path: Path) -> None:
    write_tool(tmp_path / "bin" / "tool", "kill -KILL $$")
    said: list[str] = []
    for _ in range(2):
        detect(
            [TOOL],
            CountingHost(tmp_path / "bin"),
            cache=tmp_path / "c",
            journal=Journal(said.append),
        )
    assert len(said) == 2
    assert said[0] == said[1]


def test_a_pattern_from_content_takes_linear_time(tmp_path: Path) -> None:
    pytest.importorskip("re2")
    write_tool(tmp_path / "bin" / "tool", f"echo v{'1' * 28}!")
    slow = Detector("tool", executables=("tool",), version=VersionProbe(pattern=r"v(\d+)+$"))
    begun = time.monotonic()
    assert detect([slow], CountingHost(tmp_path / "bin")) == ()
    # An engine that backtracks takes most of a minute.
    assert time.monotonic() - begun < 3


def test_a_detector_with_a_pattern_of_no_use_is_a_warning(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("re2")
    write_tool(tmp_path / "bin" / "tool", "echo tool 1.0")
    (tmp_path / "bin" / "alias").symlink_to("tool")
    (tmp_path / "list").write_text("1.0")
    ahead = VersionProbe(pattern=r"(?=tool) (\S+)", file="list")
    bad = Detector("bad", executables=("alias",), version=ahead)
    files = Detector("files", roots=(str(tmp_path),), files=("list",), version=ahead)
    said: list[str] = []
    found = detect([bad, files, TOOL], CountingHost(tmp_path / "bin"), journal=Journal(said.append))
    assert versions(found) == ["1.0"]
    assert [text.split("`")[1] for text in said] == ["bad", "files"]
    assert capfd.readouterr().err == ""


def test_importing_it_brings_in_nothing_heavy() -> None:
    heavy = "subprocess", "concurrent.futures", "yaml", "packaging", "tempfile", "re2", "ctypes"
    code = f"import sys, ckpm.detect; print([name for name in {heavy} if name in sys.modules])"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
