"""Programs that ckpm runs on purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ckpm.errors import BuildError, CkpmError, NotFoundError
from ckpm.system.process import run_captured, run_inherited, run_logged

ENVIRON = {"PATH": "/usr/bin:/bin"}
ROOT = Path(__file__).parents[3]


Start = Callable[[str], "subprocess.Popen[str]"]

# A shell that starts the tests in the background has interrupts ignored, and children inherit that.
HEED_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python programs that are gone when the test is."""
    started: list[subprocess.Popen[str]] = []

    def run(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HEED_INTERRUPTS + code],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_for(path: Path) -> str:
    until = time.monotonic() + 20
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < until
        time.sleep(0.01)
    return path.read_text().strip()


def is_gone(pid: str) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


def test_a_build_is_logged_in_order_and_its_code_returned(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "build.log"
    for text in ("one", "two"):
        argv = ["sh", "-c", f"echo {text}; echo bad >&2; pwd; exit 4"]
        code = run_logged(argv, cwd=tmp_path, environ=ENVIRON, log_file=log)
        assert code == 4
    assert log.read_text() == f"one\nbad\n{tmp_path}\ntwo\nbad\n{tmp_path}\n"


def test_a_build_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    argv = ["sh", "-c", "sh -c 'echo $$ > child; sleep 60' & wait"]
    with pytest.raises(BuildError, match=r"`sh` did not finish in 0.5 s"):
        run_logged(argv, cwd=tmp_path, environ=ENVIRON, log_file=tmp_path / "log", timeout_s=0.5)
    assert is_gone((tmp_path / "child").read_text().strip())


def test_an_interrupt_kills_a_build_with_its_children(start: Start, tmp_path: Path) -> None:
    process = start(
        "from pathlib import Path; from ckpm.system.process import run_logged\n"
        f"here = Path({str(tmp_path)!r})\n"
        "argv = ['sh', '-c', \"trap '' INT; sh -c 'echo $$ > child; sleep 60' & wait\"]\n"
        f"run_logged(argv, cwd=here, environ={ENVIRON!r}, log_file=here / 'log')\n"
    )
    child = wait_for(tmp_path / "child")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert is_gone(child)


def test_an_interrupt_while_it_starts_kills_it_too(start: Start, tmp_path: Path) -> None:
    running = tmp_path / "running"
    parent = start(
        "import os, pathlib, subprocess; from ckpm.system.process import run_captured\n"
        "class Interrupted(subprocess.Popen):\n"
        "    def __init__(self, *arguments, **options):\n"
        "        super().__init__(*arguments, **options)\n"
        f"        pathlib.Path({str(running)!r}).write_text(f'{{self.pid}}\\n')\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "subprocess.Popen = Interrupted\n"
        f"try: run_captured(['sleep', '60'], environ={ENVIRON})\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    assert parent.communicate(timeout=20)[0] == "interrupted\n"
    assert is_gone(running.read_text().strip())


def test_captures_streams_apart_and_feeds_text() -> None:
    done = run_captured(["sh", "-c", "cat; echo no >&2; exit 2"], environ=ENVIRON, stdin_text="hé")
    assert (done.returncode, done.stdout, done.stderr) == (2, "hé", "no\n")


def test_a_captured_tool_gets_no_input_unless_given(start: Start) -> None:
    process = start(
        "from ckpm.system.process import run_captured\n"
        f"print(repr(run_captured(['cat'], environ={ENVIRON!r}).stdout))"
    )
    assert process.communicate("ours", timeout=20)[0] == "''\n"


def test_a_captured_tool_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    argv = ["sh", "-c", "echo $$ > pid; exec sleep 60"]
    with pytest.raises(BuildError, match="did not finish"):
        run_captured(argv, environ=ENVIRON, cwd=tmp_path, timeout_s=0.5)
    assert is_gone((tmp_path / "pid").read_text().strip())


def test_a_signal_is_told_as_shells_tell_it() -> None:
    argv = ["sh", "-c", "kill -TERM $$"]
    assert run_captured(argv, environ=ENVIRON).returncode == 128 + signal.SIGTERM
    assert run_inherited(argv, environ=ENVIRON) == 128 + signal.SIGTERM


def test_a_missing_program_and_one_that_cannot_run_are_our_errors(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="cannot run `no-such-tool`"):
        run_captured(["no-such-tool"], environ=ENVIRON)
    with pytest.raises(CkpmError, match="Permission denied"):
        run_inherited([str(tmp_path)], environ=ENVIRON)


def test_stepping_aside_keeps_the_process_and_what_was_printed(start: Start) -> None:
    process = start(
        "import os; from ckpm.system.process import replace\n"
        "print('before', os.getpid())\n"
        "replace(['sh', '-c', 'echo after $$ $X'], {'PATH': '/usr/bin:/bin', 'X': 'x'})"
    )
    output, _ = process.communicate(timeout=20)
    assert output == f"before {process.pid}\nafter {process.pid} x\n"


def test_an_inherited_program_decides_about_an_interrupt(start: Start, tmp_path: Path) -> None:
    """Twenty on two processors: some are interrupted while they still start their program."""
    places = [tmp_path / str(number) for number in range(20)]
    processes = []
    for here in places:
        here.mkdir()
        processes.append(
            start(
                "from pathlib import Path; from ckpm.system.process import run_inherited\n"
                f"here = Path({str(here)!r})\n"
                "script = \"trap 'sleep 0.3; exit 7' INT; echo > ready; "
                'while :; do sleep 0.05; done"\n'
                f"code = run_inherited(['sh', '-c', script], environ={ENVIRON!r}, cwd=here)\n"
                "print(code)"
            )
        )
    for here, process in zip(places, processes, strict=True):
        wait_for(here / "ready")
        # As a terminal does it: both are interrupted.
        for pid in (process.pid, *children(process.pid)):
            os.kill(pid, signal.SIGINT)
    assert [process.communicate(timeout=20)[0] for process in processes] == ["7\n"] * 20


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]
