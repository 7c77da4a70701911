"""Real programs that misbehave: each is survived, in time, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore

import pytest

from ckpm.system import confinement, control_group, turns
from ckpm.system.descendants import threads_of_machine
from ckpm.system.printed import printed_text
from ckpm.system.probe import ProbeResult, probe
from ckpm.system.startable import objection

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
    path = tool('cat; readlink /proc/self/fd/0; ls -A; echo "$LC_ALL $LANG"; touch here')
    assert ask(path, LC_ALL="de_DE.UTF-8").output == "/dev/null\nC C\n"


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


def test_a_program_that_is_no_longer_there_is_a_fault(tool: Tool, tmp_path: Path) -> None:
    """Nobody can hold it still between a look at it and its start."""
    gone = tmp_path / "gone"
    gone.write_text("#!/bin/sh\n")
    gone.chmod(0o755)
    assert objection(str(gone)) is None
    gone.unlink()
    assert ask(tool(f"exec {gone}")).returncode in (126, 127)


@pytest.fixture
def two_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PLACES", BoundedSemaphore(2))


@pytest.mark.usefixtures("two_places")
def test_tools_that_wait_make_nobody_wait(tool: Tool, tmp_path: Path) -> None:
    hanging = tool(f"echo >{tmp_path}/$$.started; sleep 60")
    quick = tmp_path / "quick"
    quick.write_text("#!/bin/sh\necho v1\n")
    quick.chmod(0o755)
    with ThreadPoolExecutor(13) as pool:
        hung = [pool.submit(ask, hanging, timeout_s=5) for _ in range(12)]
        while len(list(tmp_path.glob("*.started"))) < len(hung):
            assert not any(each.done() for each in hung), "they were started one after another"
            time.sleep(0.01)
        assert pool.submit(ask, str(quick)).result() == ProbeResult("v1\n", 0)
        assert not any(each.done() for each in hung)


@pytest.mark.usefixtures("two_places")
def test_tools_that_work_are_few_at_once(tool: Tool, tmp_path: Path) -> None:
    works = tool(
        f"touch {tmp_path}/$$.now; ls {tmp_path} | grep -c now$; i=0;"
        f"while [ $i -lt 60000 ]; do i=$((i + 1)); done; rm {tmp_path}/$$.now"
    )
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: ask(works), range(16)))
    # One that another program keeps from the processor for long gives its place up: hence the room.
    assert max(int(result.output) for result in results) <= 8


def test_what_was_printed_while_we_had_to_wait_is_read(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ckpm.system.watch._misconduct", lambda *_: time.sleep(0.3))
    assert ask(tool("(sleep 0.1; echo v1) &")) == ProbeResult("v1\n", 0)


def test_what_a_tool_may_use_is_limited(tool: Tool) -> None:
    path = tool("ulimit -Hc; ulimit -Hf; grep 'Max processes' /proc/self/limits")
    core, size, processes = ask(path).output.splitlines()
    assert core == "0"
    assert (8 << 20) <= int(size) * 512 <= (16 << 20)
    assert int(processes.split()[3]) < threads_of_machine() + 1000


def test_a_crowd_is_measured_from_the_fewest_there_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others leave behind goes away while a tool multiplies."""
    crowds: list[int] = []
    there = iter([900, 500, 500, 600, 700])
    monkeypatch.setattr(confinement, "threads_of_machine", lambda: next(there))
    monkeypatch.setattr(confinement, "kill_crowd", lambda mark, _: not crowds.append(mark))
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as process:
        tool = confinement.Confined(process, 7, None, 900)
        assert [tool.was_crowd() for _ in range(5)] == [False, False, False, False, True]
        process.kill()
    assert crowds == [7]


@pytest.mark.parametrize("attempt", range(3))
def test_one_that_forks_and_exits_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    """By the time it is seen, it is another process; it would go on for half a minute."""
    monkeypatch.setattr(control_group, "_TOPS", ())
    leaps = tmp_path / "leaps"
    leaps.write_text(
        f"#!{sys.executable} -IS\nimport os, time\nend = time.monotonic() + 30\n"
        "while time.monotonic() < end:\n    if os.fork(): os._exit(0)\n    os.setsid()\n"
    )
    leaps.chmod(0o755)
    ask(str(leaps))
    time.sleep(0.2)
    alive = [p for p in Path("/proc").glob("[0-9]*") if str(leaps).encode() in arguments(p)]
    assert alive == []


def arguments(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_an_interrupted_program_kills_its_tools_at_once(tool: Tool, tmp_path: Path) -> None:
    path = tool(f"echo $$ >{tmp_path}/tool.pid; sleep 60")
    code = (
        "import os, sys, threading, time; from ckpm.system.probe import probe;"
        "ask = lambda: probe([sys.argv[1]], environ=os.environ, timeout_s=50);"
        "threading.Thread(target=ask).start(); time.sleep(60)"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    argv = [sys.executable, "-c", code, path]
    with subprocess.Popen(argv, env=environ, stderr=subprocess.DEVNULL) as program:
        while not (tmp_path / "tool.pid").exists() or not (tmp_path / "tool.pid").read_text():
            time.sleep(0.01)
        program.send_signal(signal.SIGINT)
        program.wait(10)
    assert not is_running(tmp_path / "tool.pid")


def test_of_a_group_that_cannot_be_limited_nothing_is_left(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory that is no control group takes no limit, and is no place for our files."""
    monkeypatch.setattr(control_group, "_TOPS", (tmp_path / "none", tmp_path))
    with control_group.control_group("ours") as group:
        assert group is None
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_a_shell_is_no_bug_of_the_tool(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "_GATE", ("/no/such/shell",))
    assert ask(tool("echo v1")).fault == "cannot be run: No such file or directory"


@pytest.mark.parametrize("unfinished", [b"\x1b]", b"\x1b[", b"\x1b[1;", b"\x1bP", b"\x1b "])
def test_commands_to_a_terminal_are_removed_in_linear_time(unfinished: bytes) -> None:
    begun = time.monotonic()
    text = printed_text(unfinished * (65536 // len(unfinished)) + b"\nv1")
    assert text.endswith("\nv1")
    assert "\x1b" not in text
    # In quadratic time it takes ten seconds and more.
    assert time.monotonic() - begun < 2
