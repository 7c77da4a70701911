"""Ask a program that nobody vouches for to print its version, and survive whatever it does.

``subprocess.run(timeout=…)`` will not do: a background child that keeps the pipe open makes it time
out and lose what was printed, and a tool that floods the pipe is buffered without bound.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ckpm.system.confinement import Confined, confined
from ckpm.system.printed import printed_text
from ckpm.system.quiet import quiet_environment
from ckpm.system.startable import objection
from ckpm.system.turns import Turn

if TYPE_CHECKING:  # See ckpm.system.process.
    from subprocess import Popen

# How long the pipe is read on after the tool has ended, in case a child still writes.
_GRACE_S = 0.1
_POLL_S = 0.02
_ABANDONED = "was not waited for"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a tool printed on both streams, as plain text, and what went wrong, as a clause.

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

    Never raises for a broken tool. Output past ``output_limit`` bytes is not waited for. Waits for
    its turn while too many others work; the time of the tool runs from its start.
    """
    fault = objection(argv[0])
    if fault:
        return ProbeResult("", fault=f"cannot be run: {fault}")
    turn = Turn()
    try:
        if _is_abandoned():
            return ProbeResult("", fault=_ABANDONED)
        with confined(argv, quiet_environment(environ)) as tool:
            return _watched(tool, turn, timeout_s, output_limit)
    except OSError as error:
        return ProbeResult("", fault=f"cannot be run: {error.strerror}")
    finally:
        turn.end()


def _watched(tool: Confined, turn: Turn, timeout_s: float, limit: int) -> ProbeResult:
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
    return _ABANDONED if _is_abandoned() else None


def _is_abandoned() -> bool:
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
