"""Measure how long a model takes, and say it in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Speed:
    """Milliseconds of one run of the model, over all timed runs."""

    median_ms: float
    p10_ms: float
    p90_ms: float
    min_ms: float
    max_ms: float
    runs: int
    warmup: int

    def __str__(self) -> str:
        return (
            f"median {self.median_ms:.1f} ms "
            f"(10% to 90%: {self.p10_ms:.1f} to {self.p90_ms:.1f} ms, "
            f"{self.runs} runs after {self.warmup} warm-up)"
        )


def timed(run: Callable[[], Result], repeats: int) -> tuple[Result, list[float]]:
    """Run ``repeats`` times, at least once; return a result and each run's milliseconds."""
    runs = [_timed_once(run) for _ in range(repeats)]
    return runs[0][0], [duration_ms for _, duration_ms in runs]


def _timed_once(run: Callable[[], Result]) -> tuple[Result, float]:
    start = time.perf_counter()
    result = run()
    return result, (time.perf_counter() - start) * 1000


def summarize(durations_ms: Sequence[float], warmup: int) -> Speed:
    """Summarize at least one duration."""
    return Speed(
        median_ms=quantile(durations_ms, 0.5),
        p10_ms=quantile(durations_ms, 0.1),
        p90_ms=quantile(durations_ms, 0.9),
        min_ms=min(durations_ms),
        max_ms=max(durations_ms),
        runs=len(durations_ms),
        warmup=warmup,
    )


def quantile(values: Sequence[float], fraction: float) -> float:
    """Return the value below which ``fraction`` of ``values`` lie, between neighbours linearly."""
    ordered = sorted(values)
    position = fraction * (len(ordered) - 1)
    lower = int(position)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (position - lower)
