"""Python environments for arm64, started by the Python that Debian has for arm64, under qemu."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from foreign_python.interpreter import fetched_python, lacking

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Board:
    """An environment for arm64 in a store of its own, and variables by which its Python starts."""

    directory: Path
    environ: dict[str, str]

    @property
    def part(self) -> Path:
        (current,) = (self.directory / "store" / "envs").glob("*/linux-arm64/current")
        return current.resolve() / "python"

    def run(self, *command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=self.directory, env=self.environ, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A version of Python for arm64, and the directory of the program that starts it here."""
    if missing := lacking():
        pytest.skip(f"{missing}: not here")
    directory = tmp_path_factory.mktemp("board")
    version = fetched_python(directory)
    if not version:
        pytest.skip("Debian's packages for arm64 cannot be had from here")
    return version, str(directory / "bin")


@pytest.fixture(scope="module")
def detector(board: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Board:
    """LiteRT, the detection program, a model and photographs, for that Python on arm64."""
    version, programs = board
    place = tmp_path_factory.mktemp("environment")
    (place / "ckpm.yaml").write_text("name: board\nrequires: []\n")
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    environ |= {f"CKPM_{name}": str(place / name.lower()) for name in ("STORE", "CACHE", "CONFIG")}
    asked = ["object-detection:language=python", "litert", "model-ssd-mobilenet:format=tflite",
             "dataset-sample-photos", f"python@{version}"]  # fmt: skip
    made = Board(place, environ)
    made.run(sys.executable, "-m", "ckpm", "install", *asked, "--target", "linux-arm64")
    return made


@pytest.mark.network
def test_numpy_for_arm64_starts_there(detector: Board) -> None:
    code = "import numpy, platform; print(platform.machine(), (numpy.ones((2, 3)) * 2).sum())"
    assert detector.run(detector.part / "bin" / "python", "-c", code) == "aarch64 12.0\n"
    said = detector.run(detector.part / "bin" / "numpy-config", "--version")
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", said)


@pytest.mark.network
def test_a_cat_is_found_by_python_for_arm64(detector: Board) -> None:
    packages = detector.part.parent / "packages"
    (program,), (model,) = packages.glob("*/detect.py"), packages.glob("*/*.tflite")
    (cat,) = packages.glob("dataset-sample-photos*/chelsea.png")
    out = detector.directory / "out"
    options = ["--model", model, "--images", cat, "--repeats", "1", "--warmup", "0", "--out", out]
    said = detector.run(detector.part / "bin" / "python", program, *options)
    assert re.search(r"chelsea\.png +cat 0\.9", said)
    runtime = json.loads((out / "detections.json").read_text())["runtime"]
    assert runtime["name"] == "ai-edge-litert"
