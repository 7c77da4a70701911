"""A control group for one tool: what only root can make, and what nothing inside can leave.

See pids(cgroup-v1) and cgroup-v2 in the kernel's documentation. Both versions know ``pids.max`` and
``pids.events``; that version 2 has ``cgroup.kill`` is new in Linux 5.14.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MAX_THREADS = 256
# Where version 1 keeps its groups, when both are there, then version 2. Its topmost group may have
# both processes and limited groups.
_TOPS = (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup"))
_END_S = 2


class ControlGroup:
    """A group that was made for one tool; killing what is in it is the only way to remove it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir()

    def limit(self, threads: int) -> bool:
        """Allow so many; false where groups cannot be limited."""
        return self._write("pids.max", str(threads))

    def add(self, pid: int) -> None:
        """Move a process in; what it starts from now on is in as well."""
        self._write("cgroup.procs", str(pid))

    def was_full(self) -> bool:
        """Whether somebody inside wanted to start one too many."""
        return self._read("pids.events").split()[-1:] not in ([], ["0"])

    def remove(self) -> None:
        """Kill all that is inside, and remove the group when it has ended."""
        until = time.monotonic() + _END_S
        while not self._is_removed() and time.monotonic() < until:
            if not self._write("cgroup.kill", "1"):
                self._kill_each()
            time.sleep(0.001)

    def _kill_each(self) -> None:
        import signal

        self._write("pids.max", "0")  # So that nothing new starts meanwhile.
        for pid in self._read("cgroup.procs").split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def _is_removed(self) -> bool:
        try:
            self._directory.rmdir()
        except OSError:
            return not self._directory.exists()
        return True

    def _read(self, name: str) -> str:
        with suppress(OSError):
            return (self._directory / name).read_text()
        return ""

    def _write(self, name: str, text: str) -> bool:
        with suppress(OSError):
            # Never make the file: there are none of ours in a directory that is no group.
            with open(self._directory / name, "r+", encoding="ascii") as file:  # noqa: PTH123
                file.write(text)
            return True
        return False


@contextmanager
def control_group(name: str) -> Iterator[ControlGroup | None]:
    """Make a group, and remove it at the end; ``None`` where we may not: nearly all but root."""
    group = _made(name)
    try:
        yield group
    finally:
        if group:
            group.remove()


def _made(name: str) -> ControlGroup | None:
    for top in _TOPS:
        with suppress(OSError):
            group = ControlGroup(top / name)
            if group.limit(MAX_THREADS):
                return group
            group.remove()
    return None
