"""Ask a program that nobody vouches for to print its version, and survive whatever it does.

``subprocess.run(timeout=…)`` will not do: a background child that keeps the pipe open makes it time
out and lose what was printed, and a tool that floods the pipe is buffered without bound.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.system.process import kill_group

if TYPE_CHECKING:  # See ckpm.system.process.
    from subprocess import Popen

# How long the pipe is read on after the tool has ended, in case a child still writes.
_GRACE_S = 0.1
_POLL_S = 0.02
_ANSI = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]")
# Each of them changes what a tool loads or runs before its own first line.
_SCRUBBED = ("BASH_ENV", "ENV", "LANGUAGE", "LD_PRELOAD", "PYTHONHOME", "PYTHONPATH")
# Every descendant inherits this variable, one that left the process group too.
_MARK = "CKPM_PROBE"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a tool printed on both streams, colours removed, and what went wrong, as a clause.

    ``output`` counts even with a ``fault``: some tools print their version and then hang.
    """

    output: str
    returncode: int | None = None
    fault: str | None = None


def probe(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    timeout_s: float = 5,
    output_limit: int = 65536,
) -> ProbeResult:
    """Run a tool in an empty directory, without input, and kill it with all that it started.

    Never raises for a broken tool. Output past ``output_limit`` bytes is not waited for.
    """
    try:
        with _started(argv, environ) as process:
            return _watched(process, timeout_s, output_limit)
    except OSError as error:
        # A script whose interpreter is missing is reported as missing itself.
        gone = isinstance(error, FileNotFoundError) and Path(argv[0]).exists()
        reason = "its interpreter is missing" if gone else error.strerror
        return ProbeResult("", fault=f"cannot be run: {reason}")


@contextmanager
def _started(argv: Sequence[str], environ: Mapping[str, str]) -> Iterator[Popen[bytes]]:
    import subprocess
    import tempfile

    clean = {name: value for name, value in environ.items() if name not in _SCRUBBED}
    with tempfile.TemporaryDirectory(prefix="ckpm-probe-", ignore_cleanup_errors=True) as directory:
        mark = directory.rpartition("/")[2]
        with subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**clean, "LC_ALL": "C", "LANG": "C", "TERM": "dumb", _MARK: mark},
            cwd=directory,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                kill_group(process.pid)
                if _is_held(process):
                    _kill_marked(mark)


def _watched(process: Popen[bytes], timeout_s: float, output_limit: int) -> ProbeResult:
    data, closed = _read(process, time.monotonic() + timeout_s, output_limit)
    output = _ANSI.sub(b"", bytes(data[:output_limit])).decode("utf-8", "replace")
    if len(data) >= output_limit:
        return ProbeResult(output, fault=f"printed more than {output_limit >> 10} KiB")
    # A closed pipe does not mean an ended tool.
    code = _returncode(process, wait_s=_GRACE_S if closed else 0)
    if code is None:
        return ProbeResult(output, fault=f"did not finish in {timeout_s:g} s")
    return ProbeResult(output, code, f"was killed by signal {-code}" if code < 0 else None)


def _read(process: Popen[bytes], deadline: float, limit: int) -> tuple[bytearray, bool]:
    """Read until the pipe closes, the limit, the deadline, or a while after the tool has ended."""
    pipe = _Pipe(process)
    data = bytearray()
    while len(data) < limit and (now := time.monotonic()) < deadline:
        chunk = pipe.read(min(_POLL_S, deadline - now))
        if chunk:
            data += chunk
        elif chunk is not None:
            return data, True
        elif _returncode(process) is not None:
            deadline = min(deadline, now + _GRACE_S)
    return data, False


class _Pipe:
    """The reading end; ``select`` will not do, because it fails past 1,024 open files."""

    def __init__(self, process: Popen[bytes]) -> None:
        import select

        assert process.stdout is not None  # noqa: S101 - for the type checker
        self.number = process.stdout.fileno()
        self.poll = select.poll()
        self.poll.register(self.number, select.POLLIN)

    def read(self, wait_s: float) -> bytes | None:
        """Return what is there, nothing at the end, ``None`` when nothing came in time."""
        return os.read(self.number, 65536) if self.poll.poll(wait_s * 1000) else None


def _returncode(process: Popen[bytes], *, wait_s: float = 0) -> int | None:
    """Return how the tool ended, if it has; unreaped, so that its group keeps its number."""
    until = time.monotonic() + wait_s
    while True:
        code = _peek(process)
        if code is not None or time.monotonic() >= until:
            return code
        time.sleep(_POLL_S / 10)


def _peek(process: Popen[bytes]) -> int | None:
    if sys.platform == "darwin":  # It has no waitid before Python 3.13.
        return process.poll()
    info = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if info is None:
        return None
    return info.si_status if info.si_code == os.CLD_EXITED else -info.si_status


def _is_held(process: Popen[bytes]) -> bool:
    """Whether somebody outside the killed group still holds the pipe."""
    pipe = _Pipe(process)
    until = time.monotonic() + _POLL_S
    while (left := until - time.monotonic()) > 0:
        if pipe.read(left) == b"":
            return False
    return True


def _kill_marked(mark: str) -> None:
    """Kill what left the process group (``setsid``) and still holds the pipe."""
    import signal

    needle = f"{_MARK}={mark}\0".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if needle in (entry / "environ").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)
