"""Find all that a tool started, wherever it went, in /proc; nothing where there is none.

It is told by a mark: its limit on the size of files, a number of its own. Whatever else a process
gets from its parent (group, session, variables, directory, open files) it can drop, but only root
can raise this. A subreaper (``PR_SET_CHILD_SUBREAPER``) would not do: it would give us the orphans
of a program that embeds us.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

_SMALLEST = 8 << 20
_LIMIT = re.compile(rb"Max file size +\d+ +(\d+) ")
_MOST_LOOKS = 50


def new_mark() -> int:
    """Return a number of bytes that can be the largest size of a file, and is nobody else's."""
    return _SMALLEST + (int.from_bytes(os.urandom(3)) >> 2)


def kill_crowd(mark: int, limit: int) -> bool:
    """Kill what carries the mark if it is more than so many processes; let it go on otherwise."""
    stopped = _stop_marked({mark})
    # One that forks and exits for ever has had many, and is not many.
    is_crowd = sum(_mark_of(pid) == mark for pid in stopped) > limit
    _signal(stopped, signal.SIGKILL if is_crowd else signal.SIGCONT)
    return is_crowd


def kill_marked(marks: set[int]) -> None:
    """Kill what carries one of the marks."""
    _signal(_stop_marked(marks), signal.SIGKILL)


def _stop_marked(marks: set[int]) -> set[int]:
    """Stop what carries a mark, though it may be forking as fast as it can, and return it.

    What stands still starts nothing, and lets us go on. One that forks and exits is gone as soon as
    it is seen: what vanished under our eyes makes us look again.
    """
    stopped: set[int] = set()
    for _ in range(_MOST_LOOKS):
        count, vanished = len(stopped), False
        for pid in _processes():
            mark = _mark_of(pid)
            vanished = vanished or mark is None
            if mark in marks and pid not in stopped:
                _signal({pid}, signal.SIGSTOP)
                stopped.add(pid)
        if len(stopped) == count and not vanished:
            break
    return stopped


class Leftovers:
    """What left its process group (``setsid``), of all tools that run at the same time.

    To look for it costs some milliseconds, so this is done once, when the last of them has ended.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._running = 0
        self._marks: set[int] = set()

    @contextmanager
    def removed(self, mark: int) -> Iterator[None]:
        """Hold that a tool with this mark runs."""
        with self._lock:
            self._running += 1
            self._marks.add(mark)
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    kill_marked(self._marks)
                    self._marks.clear()


def threads_of_machine() -> int:
    """Return how many there are, which is cheap: the fourth field of proc_loadavg(5)."""
    fields = _read("/proc/loadavg").split()
    return int(fields[3].partition(b"/")[2]) if len(fields) > 3 else 0


def _signal(pids: set[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _processes() -> list[int]:
    """Return all others."""
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - a Path for each process costs too much
    except OSError:
        return []
    return [int(name) for name in names if name.isdigit() and int(name) != os.getpid()]


def _mark_of(pid: int) -> int | None:
    """Return what may be a mark; zero where there is no limit, ``None`` when it is gone."""
    limits = _read(f"/proc/{pid}/limits")
    found = _LIMIT.search(limits)
    return (int(found[1]) if found else 0) if limits else None


def _read(path: str) -> bytes:
    with suppress(OSError), open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        return file.read()
    return b""
