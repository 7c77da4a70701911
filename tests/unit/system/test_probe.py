"""Real programs that misbehave: each is survived, in time, and leaves nothing running."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ckpm.system.probe import ProbeResult, probe

Tool = Callable[[str], str]
MINUTE = 60


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    def write(body: str) -> str:
        path = tmp_path / "tool"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return str(path)

    return write


def ask(
    path: str, *, timeout_s: float = MINUTE, output_limit: int = 65536, **environ: str
) -> ProbeResult:
    """Probe with a generous limit, and hold that the answer came long before it."""
    begun = time.monotonic()
    variables = {**os.environ, **environ}
    result = probe([path], environ=variables, timeout_s=timeout_s, output_limit=output_limit)
    assert time.monotonic() - begun < MINUTE / 2
    return result


def is_running(pid_file: Path) -> bool:
    """Whether the process that wrote its number lives; a zombie does not."""
    state = Path("/proc", pid_file.read_text().strip(), "stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid_file: Path) -> bool:
    until = time.monotonic() + 5
    while is_running(pid_file) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_running(pid_file)


def test_returns_both_streams_and_the_exit_code(tool: Tool) -> None:
    result = ask(tool("echo out; echo err >&2; exit 3"))
    assert result == ProbeResult("out\nerr\n", 3)


def test_a_hanging_tool_is_killed_with_its_children(tool: Tool, tmp_path: Path) -> None:
    path = tool(f"trap '' TERM; sh -c 'echo $$ > {tmp_path}/child; sleep 60' & echo v1; wait")
    result = ask(path, timeout_s=0.5)
    assert result == ProbeResult("v1\n", fault="did not finish in 0.5 s")
    assert ends(tmp_path / "child")


@pytest.mark.parametrize("start", ["", "setsid "], ids=["in the group", "in a session of its own"])
def test_a_child_that_keeps_the_pipe_does_not_delay_the_answer(
    tool: Tool, tmp_path: Path, start: str
) -> None:
    child = f"sh -c 'echo $$ > {tmp_path}/child; exec sleep 60'"
    wait = f"while ! test -s {tmp_path}/child; do :; done"
    result = ask(tool(f"{start}{child} & {wait}; echo v2"))
    assert result == ProbeResult("v2\n", 0)
    assert ends(tmp_path / "child")


def test_a_flooding_tool_is_capped(tool: Tool) -> None:
    result = ask(tool("exec yes"), output_limit=4096)
    assert len(result.output) == 4096
    assert result.fault == "printed more than 4 KiB"


def test_a_tool_that_closes_its_output_and_stays_is_killed(tool: Tool, tmp_path: Path) -> None:
    path = tool(f"echo $$ > {tmp_path}/child; exec >&- 2>&-; exec sleep 60")
    assert ask(path, timeout_s=0.5).fault == "did not finish in 0.5 s"
    assert ends(tmp_path / "child")


def test_reads_nothing_and_runs_in_an_empty_directory_in_plain_english(tool: Tool) -> None:
    result = ask(tool('cat; ls -A; echo "$LC_ALL $LANG"; touch here'), LC_ALL="de_DE.UTF-8")
    assert result.output == "C C\n"


def test_variables_that_change_what_is_run_are_not_passed_on(tool: Tool) -> None:
    path = tool('echo "[$LD_PRELOAD$PYTHONPATH$BASH_ENV$KEPT]"')
    result = ask(path, LD_PRELOAD="/x.so", PYTHONPATH="/p", BASH_ENV="/b", KEPT="kept")
    assert result.output == "[kept]\n"


def test_colours_and_broken_text_do_not_hide_a_version(tool: Tool) -> None:
    result = ask(tool(r"printf '\033[1;32mtool\033[0m \377 1.2\n'"))
    assert result.output == "tool \N{REPLACEMENT CHARACTER} 1.2\n"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "cannot be run: Exec format error"),
        ("#!/no/such/interpreter\n", "cannot be run: its interpreter is missing"),
        ("#!/bin/sh\nkill -SEGV $$\n", "was killed by signal 11"),
    ],
)
def test_a_broken_program_is_a_fault(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "tool"
    path.write_text(content)
    path.chmod(0o755)
    assert ask(str(path)).fault == fault


def test_a_missing_program_is_a_fault(tmp_path: Path) -> None:
    assert ask(str(tmp_path / "none")).fault == "cannot be run: No such file or directory"
