"""Start a program that nobody vouches for, and leave nothing of it behind.

It gets a session of its own, an empty directory that is removed, limits and, where we may make one,
a control group, all before its first instruction. In a process with threads, nothing of ours may
run between fork and exec; so a shell starts first, waits until it has been limited, and then
becomes the program.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.system.control_group import MAX_THREADS, ControlGroup, control_group
from ckpm.system.descendants import (
    Leftovers,
    kill_crowd,
    new_mark,
    threads_of_machine,
)
from ckpm.system.process import kill_group

if TYPE_CHECKING:  # See ckpm.system.process.
    from subprocess import Popen

_MAX_PROCESSES = 64
# Others start threads meanwhile, too.
_SUSPICIOUS_GROWTH = MAX_THREADS // 2
_REAPING_S = 1
_IS_LIMITED = sys.platform == "linux"
_GATE = ("/bin/sh", "-c", 'read -r _ && exec "$@" </dev/null', "sh")
_LEFTOVERS = Leftovers()


@dataclass(slots=True)
class Confined:
    """A running tool, the number that marks all that it starts, and how full the machine was."""

    process: Popen[bytes]
    mark: int
    group: ControlGroup | None
    threads: int

    def was_crowd(self) -> bool:
        """Whether it became more than any honest tool, and was killed; never without /proc."""
        if self.group:
            return self.group.was_full()
        threads = threads_of_machine()
        self.threads = min(self.threads, threads)
        if threads - self.threads < _SUSPICIOUS_GROWTH:
            return False
        self.threads = threads
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGSTOP)
        return kill_crowd(self.mark, _MAX_PROCESSES)


@contextmanager
def confined(argv: Sequence[str], environ: Mapping[str, str]) -> Iterator[Confined]:
    """Start a tool in an empty directory, without input; kill it and its group at the end.

    What left the process group is killed then or, where there is no control group, when the last of
    all confined tools has ended.

    Raises:
        OSError: when it cannot be started.
    """
    import tempfile

    mark = new_mark()
    with (
        tempfile.TemporaryDirectory(prefix="ckpm-probe-", ignore_cleanup_errors=True) as directory,
        _held_together(mark) as group,
    ):
        process = _start(argv, environ, directory)
        try:
            _limit(process.pid, mark, group)
            _open_gate(process)
            yield Confined(process, mark, group, threads_of_machine())
        finally:
            _end(process)


@contextmanager
def _held_together(mark: int) -> Iterator[ControlGroup | None]:
    with control_group(f"ckpm-probe-{mark}") as group:
        if group:
            yield group
        else:
            with _LEFTOVERS.removed(mark):
                yield None


def _start(argv: Sequence[str], environ: Mapping[str, str], directory: str) -> Popen[bytes]:
    import subprocess

    return subprocess.Popen(
        [*_GATE, *argv] if _IS_LIMITED else list(argv),
        stdin=subprocess.PIPE if _IS_LIMITED else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Many write to TMPDIR without a thought.
        env={**environ, "PWD": directory, "TMPDIR": directory},
        cwd=directory,
        start_new_session=True,
    )


def _limit(pid: int, mark: int, group: ControlGroup | None) -> None:
    """No large file and no core, no end of processes, and the first to go for lack of memory.

    The number of processes is counted for the whole user, and never limited for root.
    """
    if sys.platform != "linux":
        return
    import resource

    if group:
        group.add(pid)
    threads = threads_of_machine() + MAX_THREADS
    with suppress(OSError, ValueError):  # Somebody may have limited us to less.
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (mark, mark))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
        resource.prlimit(pid, resource.RLIMIT_NPROC, (threads, threads))
    with suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text("1000")


def _open_gate(process: Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as gate:
            gate.write(b"\n")


def _end(process: Popen[bytes]) -> None:
    from subprocess import TimeoutExpired

    kill_group(process.pid)
    if process.stdout is not None:
        process.stdout.close()
    # One that waits for a dead network disk cannot be killed, nor waited for.
    with suppress(TimeoutExpired):
        process.wait(_REAPING_S)
