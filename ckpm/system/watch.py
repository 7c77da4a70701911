"""Read what a confined tool prints, until it ends or there is reason to listen no longer."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from ckpm.system.confinement import Confined
from ckpm.system.printed import printed_text
from ckpm.system.probe import ProbeResult
from ckpm.system.turns import Turn

if TYPE_CHECKING:  # See ckpm.system.process.
    from subprocess import Popen

# How long the pipe is read on after the tool has ended, in case a child still writes.
_GRACE_S = 0.1
_POLL_S = 0.02


def watched(tool: Confined, turn: Turn, timeout_s: float, limit: int) -> ProbeResult:
    """Return what the tool printed, at most ``limit`` bytes, and how it ended."""
    data = bytearray()
    fault = _listen(data, tool, turn, timeout_s, limit)
    output = printed_text(bytes(data[:limit]))
    # A closed pipe does not mean an ended tool.
    code = None if fault else _returncode(tool.process, wait_s=_GRACE_S)
    if code is None:
        return ProbeResult(output, fault=fault or f"did not finish in {timeout_s:g} s")
    return ProbeResult(output, code, f"was killed by signal {-code}" if code < 0 else None)


def _listen(
    data: bytearray, tool: Confined, turn: Turn, timeout_s: float, limit: int
) -> str | None:
    """Add to ``data`` until the pipe closes or the tool has ended; return why it was cut short."""
    pipe = _Pipe(tool.process)
    end, has_ended = time.monotonic() + timeout_s, False
    while True:
        left = end - time.monotonic()
        chunk = pipe.read(max(0, min(_POLL_S, left)))
        # Even when it is late, because we had to wait ourselves, what is there is read first.
        if chunk == b"" or (chunk is None and left <= 0):
            break
        data += chunk or b""
        if not has_ended and _peek(tool.process) is not None:
            end, has_ended = time.monotonic() + _GRACE_S, True
        fault = _misconduct(data, tool, limit)
        if fault:
            return fault
        turn.pass_on_if_idle(tool.process.pid)
    return None if has_ended or chunk == b"" else f"did not finish in {timeout_s:g} s"


def _misconduct(data: bytearray, tool: Confined, limit: int) -> str | None:
    if len(data) >= limit:
        return f"printed more than {limit >> 10} KiB"
    if tool.was_crowd():
        return "started too many processes"
    return "was not waited for" if is_abandoned() else None


def is_abandoned() -> bool:
    """Whether the user interrupted: the main thread has ended, and waits for this one."""
    return not threading.main_thread().is_alive()


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


def _returncode(process: Popen[bytes], *, wait_s: float) -> int | None:
    """Return how the tool ended, if it has; unreaped, so that its group keeps its number."""
    until = time.monotonic() + wait_s
    while (code := _peek(process)) is None and time.monotonic() < until:
        time.sleep(_POLL_S / 10)
    return code


def _peek(process: Popen[bytes]) -> int | None:
    if sys.platform == "darwin":  # It has no waitid before Python 3.13.
        return process.poll()
    info = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if info is None:
        return None
    return info.si_status if info.si_code == os.CLD_EXITED else -info.si_status
