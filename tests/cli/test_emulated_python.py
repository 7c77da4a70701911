"""Python environments for arm64, run here by the Python that Debian has for arm64, under qemu."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from foreign_python.interpreter import fetched_root, lacking

ROOT = Path(__file__).parents[2]
DEEP = """\
import json, multiprocessing, platform, subprocess, sys
import numpy

def lines(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

if __name__ == "__main__":
    say = "import platform, numpy; print(platform.machine(), int(numpy.ones(6).sum()))"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        spawned = pool.apply(platform.machine)
    found = {
        "own": platform.machine(), "sum": int((numpy.ones((2, 3)) * 2).sum()),
        "itself": " ".join(lines(sys.executable, "-c", say)),
        "python": " ".join(lines("python3", "-c", say)),
        "program": lines("numpy-config", "--version")[0], "numpy": numpy.__version__,
        "spawned": spawned,
    }
    with open(sys.argv[1], "w") as file:
        json.dump(found, file)
"""
NAMES = ("own", "sum", "itself", "python", "spawned", "program", "numpy")
PROJECT = """\
name: board
requires: [numpy]
workflows:
  deep:
    steps: [{run: [python, deep.py, "{output}/found.json"]}]
    results:
"""


@dataclass(frozen=True)
class Bench:
    """A directory and a store of its own, for a root whose Python is named by ``target``."""

    directory: Path
    environ: dict[str, str]
    target: str

    def run(self, *words: str) -> dict[str, Any]:
        """Carry out ``ckpm run`` for the target, and return its record."""
        done = self.ckpm("run", *words, "--target", self.target, "--json")
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)["result"]
        return result

    def ckpm(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ckpm", *words], cwd=self.directory, env=self.environ,
            capture_output=True, text=True, timeout=500, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    if missing := lacking():
        pytest.skip(f"{missing}: not here")
    place = tmp_path_factory.mktemp("bench")
    fetched = fetched_root(place)
    if fetched is None:
        pytest.skip("Debian's packages for arm64 cannot be had from here")
    root, version = fetched
    environ = {**os.environ, "QEMU_LD_PREFIX": str(root), "PYTHONPATH": str(ROOT)}
    environ |= {f"CKPM_{name}": str(place / name.lower()) for name in ("STORE", "CACHE", "CONFIG")}
    return Bench(place, environ, f"linux-arm64:python={version}")


@pytest.mark.network
def test_one_command_detects_by_python_for_arm64(bench: Bench) -> None:
    """The photographs that the program takes itself, of which the second by name is a cat."""
    words = ("object-detection", "--option", "language=python", "count=2", "repeats=1")
    record = bench.run(*words)
    assert record["target"] == "linux-arm64"
    assert record["results"]["runtime"] == "ai-edge-litert"
    found = json.loads(Path(record["output"], "detections.json").read_text())
    cat = next(image for image in found["images"] if image["file"] == "chelsea.png")
    assert [(each["label"], each["score"] > 0.85) for each in cat["detections"]] == [("cat", True)]


@pytest.mark.network
def test_what_it_starts_is_for_arm64_too(bench: Bench) -> None:
    results = "".join(f"      {name}: {{file: found.json, path: {name}}}\n" for name in NAMES)
    (bench.directory / "ckpm.yaml").write_text(PROJECT + results)
    (bench.directory / "deep.py").write_text(DEEP)
    assert bench.ckpm("trust", ".").returncode == 0
    found = bench.run("deep")["results"]
    assert {found["own"], found["spawned"]} == {"aarch64"}
    assert found["sum"] == 12
    assert {found["itself"], found["python"]} == {"aarch64 6"}
    assert found["program"] == found["numpy"]
