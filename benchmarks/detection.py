"""Detection under conditions that no machine should have, and many do.

python benchmarks/detection.py --hostile
python benchmarks/detection.py --paths [--runs 9]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from startup import CKPM, pairs

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile.farm import Farm, Tool, tools

HOSTILE = 40
DIRECTORIES = 500
FILES = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", action="store_true", help="tools that hang, flood and fork")
    parser.add_argument("--paths", action="store_true", help="a long PATH, a full directory")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    if options.hostile:
        hostile()
    if options.paths:
        paths(options.runs)


def hostile() -> None:
    """A scan of hostile tools in a process of its own, which the memory is that of."""
    print("| tools on PATH | wall | processor: scan | tools | peak memory | processes left |")
    print("|---|---|---|---|---|---|")
    every = tools()
    started = [tool for tool in every if tool.starts]
    scanned(f"the whole farm, {len(every)}", every)
    of_each_kind = [started[place * len(started) // HOSTILE] for place in range(HOSTILE)]
    scanned(f"{HOSTILE} of them, of each kind", of_each_kind)
    scanned(f"its worst {HOSTILE}, which multiply or hang", started[-HOSTILE:])
    scanned(f"{HOSTILE} that hang", same("does", "echo tool 1.2; exec sleep $FOREVER"))
    scanned(f"{HOSTILE} that spin", same("does", "while :; do :; done"))
    scanned(f"{HOSTILE} that flood", same("does", "exec yes"))


def same(kind: str, body: str) -> list[Tool]:
    return [Tool(f"tool-{number}", "same", {kind: body}) for number in range(HOSTILE)]


def scanned(name: str, on_path: list[Tool]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        farm = Farm(Path(directory), on_path)
        result = farm.scan()
        left = len(farm.running())
        missing = {f"bin-{tool.name}" for tool in on_path if tool.starts} - farm.started()
    assert not missing, f"never started: {missing}"  # noqa: S101 - else the row means nothing
    print(
        f"| {name} | {result['seconds']:.1f} s | {result['processor_seconds']:.2f} s "
        f"| {result['processor_seconds_of_tools']:.2f} s "
        f"| {result['peak_kilobytes'] / 1000:.0f} MB | {left} |"
    )


def paths(runs: int) -> None:
    """All bundled detectors on this machine's PATH, with more in front of it."""
    print("| in front of PATH | scan | median | ratio to the bare interpreter |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        rows: list[tuple[str, list[Path]]] = [
            ("nothing", []),
            (f"{DIRECTORIES} directories", many_directories(work / "many")),
            (f"a directory of {FILES:,} files", [full_directory(work / "full")]),
        ]
        for name, in_front in rows:
            environ = {**os.environ, "CKPM_CACHE": str(work / "cache")}
            environ["PATH"] = ":".join([*map(str, in_front), os.environ["PATH"]])
            timed(name, work, environ, runs)


def many_directories(root: Path) -> list[Path]:
    """Make directories of twenty programs each, which no detector looks for."""
    directories = [root / f"{number}" / "bin" for number in range(DIRECTORIES)]
    for directory in directories:
        fill(directory, 20)
    return directories


def full_directory(directory: Path) -> Path:
    fill(directory, FILES)
    return directory


def fill(directory: Path, count: int) -> None:
    directory.mkdir(parents=True)
    for number in range(count):
        (directory / f"program-{number}").touch(0o755)


def timed(name: str, work: Path, environ: Mapping[str, str], runs: int) -> None:
    forget = lambda: shutil.rmtree(work / "cache" / "detected", ignore_errors=True)  # noqa: E731
    scans: list[tuple[str, Callable[[], None] | None]] = [("first", forget), ("again", None)]
    for scan, before in scans:
        seconds, ratio = pairs([*CKPM, "detect"], work, dict(environ), runs, before)
        print(f"| {name} | {scan} | {seconds * 1000:.0f} ms | {ratio:.1f} |")


if __name__ == "__main__":
    main()
