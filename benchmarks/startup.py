"""Start-up and detection, as ratios to the bare interpreter in the same run.

    python benchmarks/startup.py [--runs 15]

Needs an installed environment: `ckpm install numpy` in the store that CKPM_STORE names.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CKPM = [str(Path(sys.executable).with_name("ckpm"))]
BARE = [sys.executable, "-c", "pass"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        environ = {**os.environ, "CKPM_CACHE": str(work / "cache")}
        forget = lambda: shutil.rmtree(work / "cache" / "detected", ignore_errors=True)  # noqa: E731
        subprocess.run([*CKPM, "install", "-q", "numpy"], cwd=work, env=environ, check=True)
        rows: list[tuple[str, Sequence[str], Callable[[], None] | None, float | None]] = [
            ("ckpm --version", [*CKPM, "--version"], None, 2),
            ("ckpm activate --shell bash", [*CKPM, "activate", "--shell", "bash"], None, 2),
            ("ckpm install numpy, nothing to do", [*CKPM, "install", "numpy"], None, 4),
            ("ckpm detect, first time", [*CKPM, "detect"], forget, 80),
            ("ckpm detect, again", [*CKPM, "detect"], None, 16),
            ("ckpm resolve numpy, caches warm", [*CKPM, "resolve", "numpy"], None, None),
        ]
        print("| command | median | ratio to the bare interpreter (median of pairs) | budget |")
        print("|---|---|---|---|")
        for name, command, before, budget in rows:
            few = max(3, runs // 3) if before else runs
            seconds, ratios = pairs(command, work, environ, few, before)
            limit = f"{budget:.0f}" if budget else ""
            print(f"| `{name}` | {seconds * 1000:.0f} ms | {ratios:.1f} | {limit} |")


def pairs(
    command: Sequence[str],
    cwd: Path,
    environ: dict[str, str],
    runs: int,
    before: Callable[[], None] | None,
) -> tuple[float, float]:
    """Time the command and the bare interpreter in turn; return its median and the median ratio."""
    once(command, cwd, environ)
    times, ratios = [], []
    for _ in range(runs):
        if before:
            before()
        own = once(command, cwd, environ)
        times.append(own)
        ratios.append(own / once(BARE, cwd, environ))
    return statistics.median(times), statistics.median(ratios)


def once(command: Sequence[str], cwd: Path, environ: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
