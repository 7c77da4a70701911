"""The detection program on every target that can be played here, against the same one natively."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from programs.ndk import make_ndk

DOCS = Path(__file__).parents[2] / "docs"
DATA = Path(os.environ.get("CKPM_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
NATIVE = ("--option", "language=cpp")
PROGRAMS = {
    "linux-arm64": ("aarch64-linux-gnu-g++", "qemu-aarch64-static"),
    "linux-armv7": ("arm-linux-gnueabihf-g++", "qemu-arm-static"),
    "windows-x86_64": ("x86_64-w64-mingw32-g++-posix", "wine64|/usr/lib/wine/wine64"),
    "android-arm64": ("aarch64-linux-gnu-g++", "qemu-aarch64-static", "clang-16", "lld-16"),
    "android-x86_64": ("g++", "clang-16", "lld-16"),
    "linux-riscv64": ("riscv64-linux-gnu-g++", "qemu-riscv64-static"),
}
Detect = Callable[..., Any]

pytestmark = pytest.mark.network


def disagreements(native: Any, there: Any) -> list[str]:
    """Compare two documents of detections as the page on targets does."""
    script = DOCS / "targets.py"
    if not script.is_file():
        pytest.skip("the documentation is not beside these tests")
    spec = importlib.util.spec_from_file_location("targets", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[str] = module.disagreements(native, there)
    return found


def need(target: str) -> None:
    for names in PROGRAMS[target]:
        if not any(map(shutil.which, names.split("|"))):
            pytest.skip(f"{target} takes {names.split('|')[0]}, which is not here")


def data(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"`{name}` of the tests' data is not beside this checkout")
    return DATA / name


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of one store for all; the suite's, where it has one."""
    root = tmp_path_factory.mktemp("targets")
    names = ("CKPM_STORE", "CKPM_CACHE", "CKPM_CONFIG")
    return {name: os.environ.get(name, str(root / name.lower())) for name in names}


@pytest.fixture(scope="module")
def ndk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Return a function that gives this machine's NDK, or one that stands in for it."""
    made = tmp_path_factory.mktemp("ndk") / "ndk"

    def give() -> str:
        if own := os.environ.get("ANDROID_NDK_HOME"):
            return own
        if not made.exists():
            make_ndk(made, Path(shutil.which("clang-16") or ""), [26])
        return str(made)

    return give


@pytest.fixture
def run(tmp_path: Path, places: dict[str, str], ndk: Callable[[], str]) -> Detect:
    """Return a function that runs a workflow and returns the JSON that it wrote to a file."""

    def start(workflow: str, file: str, *arguments: str) -> Any:
        if "--target" in arguments:
            need(arguments[-1])
        android = {"ANDROID_NDK_HOME": ndk()} if "android" in arguments[-1] else {}
        done = subprocess.run(
            [sys.executable, "-m", "ckpm", "run", workflow, "--output", "out", *arguments],
            cwd=tmp_path, env={**os.environ, **places, **android}, capture_output=True, text=True,
            timeout=1200, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads((tmp_path / "out" / file).read_text(encoding="utf-8"))

    return start


@pytest.fixture
def detect(run: Detect) -> Detect:
    return lambda *arguments: run("object-detection", "detections.json", "repeats=1", *arguments)


DETECTING = [target for target in PROGRAMS if target != "linux-riscv64"]


@pytest.mark.heavy
@pytest.mark.parametrize("target", DETECTING)
def test_the_samples_show_the_same_as_natively(detect: Detect, target: str) -> None:
    there = detect("--target", target)
    labels = {image["file"]: {d["label"] for d in image["detections"]} for image in there["images"]}
    assert "cat" in labels["chelsea.jpg"]
    assert disagreements(detect(*NATIVE), there) == []


@pytest.mark.heavy
@pytest.mark.parametrize("target", DETECTING)
def test_other_photographs_show_the_same_as_natively(detect: Detect, target: str) -> None:
    images = f"images={data('photos')}"
    there = detect(images, "--target", target)
    assert disagreements(detect(images, *NATIVE), there) == []


def decoded(run: Detect, *arguments: str) -> Any:
    environment = ("-e", "object-detection", "--runtime", "none")
    return run("decode-photographs", "decoded.json", *environment, *arguments)


def test_riscv64_decodes_every_photograph_to_the_same_pixels(run: Detect) -> None:
    there = decoded(run, "--target", "linux-riscv64")
    assert there["images"]
    assert there == decoded(run, *NATIVE)


@pytest.mark.heavy
def test_map_on_the_sample_of_coco_is_the_native_one(detect: Detect) -> None:
    pytest.importorskip("pycocotools")
    arguments = (f"images={data('coco')}", "threshold=0.01")
    native = mean_ap(detect(*arguments, *NATIVE))
    there = mean_ap(detect(*arguments, "--target", "linux-arm64"))
    assert native > 0.1
    assert there == pytest.approx(native, abs=0.02)


def mean_ap(document: Any) -> float:
    """Evaluate by pycocotools: mean average precision over IoU 0.50 to 0.95."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO(str(DATA / "coco" / "instances_785.json"))
    evaluation = COCOeval(truth, truth.loadRes(coco_rows(document)), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return float(evaluation.stats[0])


def coco_rows(document: Any) -> list[dict[str, Any]]:
    """Return the detections as COCO writes them: a box is its corner, width and height."""
    return [
        {
            "image_id": int(Path(image["file"]).stem),
            "category_id": row["category_id"],
            "bbox": [left, top, right - left, bottom - top],
            "score": row["score"],
        }
        for image in document["images"]
        for row in image["detections"]
        for left, top, right, bottom in [row["box"]]
    ]


@pytest.mark.heavy
def test_without_any_compiler_zig_from_pypi_builds_for_arm64(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    environ = {n: v for n, v in os.environ.items() if not n.startswith(("CKPM_", "ANDROID_"))}
    environ |= {"PATH": str(programs), "HOME": str(tmp_path), "CKPM_STORE": str(tmp_path / "store")}
    program = "object-detection:language=cpp,runtime=linked"
    done = subprocess.run(
        [sys.executable, "-m", "ckpm", "install", program, "--target", "linux-arm64", "--json"],
        cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout)["result"]
    packages = Path(result["directory"], "packages")
    [binary] = packages.glob("object-detection*/bin/object-detection")
    assert int.from_bytes(binary.read_bytes()[18:20], "little") == 183
