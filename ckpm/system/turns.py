"""How many tools run at once: a few that work, and any number that only wait.

A tool that hangs costs no processor, so it gives its place to the next: otherwise a few of them
would hold up all others for as long as we are ready to wait. One that works keeps its place for a
while: too many of those would make each other late.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore

_PLACES = BoundedSemaphore(2 * (os.cpu_count() or 2))
_PERIOD_S = 0.05
# An honest tool has answered by then; one that spins must not keep the place until it is killed.
_LONGEST_S = 1
# In clock ticks of 10 ms, within a period.
_WORK = 2


class Turn:
    """One of the places: waited for before the tool starts, given back by `end` at the latest."""

    def __init__(self) -> None:
        _PLACES.acquire()
        self._is_held = True
        self._used = 0
        self._begun = time.monotonic()
        self._look_at = self._begun + _PERIOD_S

    def pass_on_if_idle(self, pid: int) -> None:
        """Give the place to the next if the tool did not work since the last look, or too long."""
        now = time.monotonic()
        if not self._is_held or now < self._look_at:
            return
        self._look_at = now + _PERIOD_S
        before, (self._used, is_running) = self._used, _activity(pid)
        is_idle = self._used - before < _WORK and not is_running
        if is_idle or now > self._begun + _LONGEST_S:
            self.end()

    def end(self) -> None:
        """Give the place back, if that has not been done."""
        if self._is_held:
            self._is_held = False
            _PLACES.release()


def _activity(pid: int) -> tuple[int, bool]:
    """Return what processor time a process and its descendants used, and whether they want more.

    Time alone would not do: on a full machine, one that works gets hardly any. See proc_pid_stat(5)
    for the state and for ``utime`` to ``cstime``. Nothing where there is no /proc.
    """
    family, ticks, is_running = [str(pid)], 0, False
    for each in family:
        with suppress(OSError):
            ticks += sum(map(int, _fields(Path("/proc", each))[11:15]))
            for thread in Path("/proc", each, "task").iterdir():
                is_running = is_running or _fields(thread)[0] == "R"
                family += (thread / "children").read_text().split()
    return ticks, is_running


def _fields(directory: Path) -> list[str]:
    return (directory / "stat").read_text("latin-1").rpartition(")")[2].split()
