"""Deadlines: when a search is to stop with what it knows."""

from __future__ import annotations

import time
from collections.abc import Callable

ShouldStop = Callable[[], bool]


def never() -> bool:
    """Go on for as long as it takes."""
    return False


def within(timeout_s: float | None, should_stop: ShouldStop = never) -> ShouldStop:
    """Return what says, from now on, whether the time is over or somebody wants it to stop."""
    if timeout_s is None:
        return should_stop
    end = time.monotonic() + timeout_s
    return lambda: time.monotonic() > end or should_stop()
