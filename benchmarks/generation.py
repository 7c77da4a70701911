"""A new generation of a closure against `uv pip sync` into a fresh venv, uv's cache warm for both.

python benchmarks/generation.py [--package tensorflow] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from ckpm import Session
from ckpm.model.plan import PythonStep
from ckpm.system.registries.indexes import index_address
from ckpm.system.uv import pinned_lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", default="tensorflow")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    session = Session()
    os.environ["UV_CACHE_DIR"] = str(session.store.uv_cache)
    place = session.place("benchmark", create=True)
    from ckpm.model.requirement import parse_requirement

    prepared = session.prepare(place, [parse_requirement(options.package)], target=session.native)
    session.installer.install(prepared.plan)
    step = next(s for s in prepared.plan.steps if isinstance(s, PythonStep))
    closure = step.closure
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(dir=session.store.root) as directory:
        lines = Path(directory, "requirements.txt")
        lines.write_text("\n".join(pinned_lines(closure)) + "\n", encoding="utf-8")
        for turn in range(options.runs):
            start = time.perf_counter()
            session.installer.install(prepared.plan)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            peer(
                Path(directory, str(turn)),
                lines,
                step.python,
                index_address(session.registries.uv.indexes[0]),
            )
            theirs.append(time.perf_counter() - start)
    shutil.rmtree(session.store.environment("benchmark"))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    count = len(closure.distributions)
    print(f"{options.package}: {count} distributions")
    medians = f"ckpm {statistics.median(ours):.2f} s, uv {statistics.median(theirs):.2f} s"
    print(f"{medians}, ratio {ratio:.2f}")


def peer(venv: Path, lines: Path, python: str, index: str) -> None:
    from uv import find_uv_bin

    uv = find_uv_bin()
    subprocess.run([uv, "venv", "-q", "--python", python, str(venv)], check=True)
    subprocess.run(
        [uv, "pip", "sync", "-q", "--require-hashes", "--python", str(venv / "bin/python"),
         "--default-index", index, str(lines)],
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
