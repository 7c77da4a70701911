"""Run programs: short probes of strangers, logged builds, captured tools, and stepping aside."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from ckpm.errors import BuildError, CkpmError, NotFoundError

if TYPE_CHECKING:  # subprocess takes as long to import as a bare interpreter takes to start.
    from subprocess import Popen

Stream = int | IO[bytes]


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program left when it ended; one killed by signal *n* has code ``128 + n``."""

    returncode: int
    stdout: str
    stderr: str


def run_logged(
    argv: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    log_file: Path,
    timeout_s: float | None = None,
) -> int:
    """Run a build step, both its streams appended to ``log_file``; return its exit code.

    The step and everything it started are killed when it runs late or the user interrupts.

    Raises:
        BuildError: when it runs past ``timeout_s``.
        NotFoundError: when there is no such program.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with (
        log_file.open("ab") as log,
        _own_group(argv, environ, cwd, output=log, errors=log) as process,
    ):
        return _code(_wait(process, argv, timeout_s, f"its log is {log_file}"))


def run_captured(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    stdin_text: str | None = None,
    timeout_s: float | None = None,
) -> Completed:
    """Run a tool that we trust to end, and return all it wrote.

    Raises:
        BuildError: when it runs past ``timeout_s``.
        NotFoundError: when there is no such program.
    """
    from subprocess import PIPE, TimeoutExpired

    data = None if stdin_text is None else stdin_text.encode()
    source = None if data is None else PIPE
    with _own_group(argv, environ, cwd, source=source, output=PIPE, errors=PIPE) as process:
        try:
            stdout, stderr = process.communicate(data, timeout_s)
        except TimeoutExpired:
            raise _late(argv, timeout_s) from None
    return Completed(_code(process.returncode), _text(stdout), _text(stderr))


def run_inherited(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    talk: bool = False,
) -> int:
    """Run a program on our own terminal and return its exit code.

    With ``talk``, what it writes to stdout goes to stderr: stdout is somebody else's document. An
    interrupt reaches it as it reaches us; what to do about it is left to the program.
    """
    import subprocess

    _flush()
    # From before the start: the program may run, and be interrupted, before we know that it does.
    with _deaf_to_interrupts(), _as_our_error(argv):
        stdout = sys.stderr.fileno() if talk else None
        process = subprocess.Popen(list(argv), env=dict(environ), cwd=cwd, stdout=stdout)
        return _code(process.wait())


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Do nothing when interrupted, by a handler: what is ignored, programs ignore as well."""
    with _interrupts_handled(lambda: None):
        yield


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Be interrupted at the end of the block only: there, whoever kills what it starts knows it."""
    came: list[bool] = []
    with _interrupts_handled(lambda: came.append(True)):
        yield
    if came:
        raise KeyboardInterrupt


@contextmanager
def _interrupts_handled(handle: Callable[[], None]) -> Iterator[None]:
    import signal
    import threading

    before = signal.getsignal(signal.SIGINT)
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or before in (None, signal.SIG_IGN):
        yield
        return
    signal.signal(signal.SIGINT, lambda _number, _frame: handle())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def replace(argv: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Become ``argv``, found through the ``PATH`` of ``environ``; never returns.

    Raises:
        NotFoundError: when there is no such program.
        CkpmError: when it cannot be run.
    """
    _flush()
    with _as_our_error(argv):
        os.execvpe(argv[0], list(argv), dict(environ))  # noqa: S606 - there is no shell on purpose
    raise AssertionError("unreachable")


@contextmanager
def _own_group(
    argv: Sequence[str],
    environ: Mapping[str, str],
    cwd: Path | None,
    *,
    source: int | None = None,
    output: Stream,
    errors: Stream,
) -> Iterator[Popen[bytes]]:
    """Start a program as the leader of a group, which is killed if the block is left early."""
    import subprocess

    with ExitStack() as stack:
        with _as_our_error(argv), interrupts_later():
            process = subprocess.Popen(
                list(argv),
                env=dict(environ),
                cwd=cwd,
                stdin=subprocess.DEVNULL if source is None else source,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            stack.enter_context(process)
            stack.push(lambda error, *_: kill_group(process.pid) if error else None)
        yield process


def kill_group(leader: int) -> None:
    """Kill a process and all of its group at once; one that is gone already is no error."""
    import signal

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _wait(process: Popen[bytes], argv: Sequence[str], timeout_s: float | None, hint: str) -> int:
    from subprocess import TimeoutExpired

    try:
        return process.wait(timeout_s)
    except TimeoutExpired:
        raise _late(argv, timeout_s, hint) from None


def _late(argv: Sequence[str], timeout_s: float | None, *hints: str) -> BuildError:
    return BuildError(f"`{argv[0]}` did not finish in {timeout_s:g} s", hints=hints)


@contextmanager
def _as_our_error(argv: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        # The missing file may be the working directory or the interpreter of a script.
        missing = error.filename if isinstance(error.filename, str) else argv[0]
        raise NotFoundError(f"cannot run `{argv[0]}`: there is no `{missing}`") from error
    except OSError as error:
        raise CkpmError(f"cannot run `{argv[0]}`: {error.strerror}") from error


def _flush() -> None:
    # What we wrote must stand before what the program writes.
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()


def _code(returncode: int) -> int:
    return returncode if returncode >= 0 else 128 - returncode


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")
