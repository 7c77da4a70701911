"""The flagship, with the recipes that ship and the real registries."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ANDROID = ("tensorflow", "model-ssd-mobilenet", "--target", "android-arm64")
MODEL_SHA256 = "7046f31a72ec0045a57b94199144c96cf5840c7dc106b808b64a1ed5559aa0cd"
LIBRARY_SHA256 = "36c7443b10e2eaf78c3b59f5de50c9aaee294ce02d2781f5b6a38323db9ecf3c"


def ckpm(directory: Path, *arguments: str, **more: str) -> Any:
    """Run a command for its JSON document; the store is the suite's, so that bytes move once."""
    places = {
        "CKPM_STORE": os.environ.get("CKPM_STORE", str(directory / "store")),
        "CKPM_CACHE": str(directory / "cache"),
        "CKPM_CONFIG": str(directory / "config"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "ckpm", *arguments, "--json"],
        cwd=directory, env={**os.environ, **places, **more}, stdout=subprocess.PIPE, text=True,
        timeout=900, check=False,
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert document["ok"], document
    return document["result"]


def options(resolution: Any, name: str) -> dict[str, str]:
    return next(p["options"] for p in resolution["packages"] if p["name"] == name)


def test_on_android_the_runtime_has_only_tflite_and_the_format_follows(tmp_path: Path) -> None:
    # Every version is in the recipes, so no index is asked.
    resolution = ckpm(tmp_path, "resolve", *ANDROID, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert options(resolution, "model-ssd-mobilenet")["format"] == "tflite"


@pytest.mark.network
@pytest.mark.parametrize("target", ["linux-x86_64", "linux-arm64", "macos-arm64", "windows-x86_64"])
def test_on_a_workstation_the_default_format_wins(tmp_path: Path, target: str) -> None:
    plan = ckpm(tmp_path, "install", *ANDROID[:2], "--target", target, "--dry-run")
    model = next(p for p in plan["packages"] if p["name"] == "model-ssd-mobilenet")
    assert model["options"]["format"] == "frozen-graph"
    [file] = model["files"]
    assert file["urls"][0].startswith("http://download.tensorflow.org/models/object_detection/")
    assert file["digests"]["sha384"].startswith("8e205630237f1913")
    assert not (tmp_path / "ckpm.yaml").exists()


@pytest.mark.network
def test_android_is_really_installed(tmp_path: Path) -> None:
    (tmp_path / "ckpm.yaml").write_text("name: flagship\nrequires: []\n")
    result = ckpm(tmp_path, "install", *ANDROID)
    packages = Path(result["directory"], "packages")
    library = packages / "tensorflow" / "lib" / "libtensorflowlite_jni.so"
    head = library.read_bytes()[:20]
    assert head[:5] == b"\x7fELF\x02"
    assert int.from_bytes(head[18:20], "little") == 183
    # The one from Maven Central, where that can be reached, is another build.
    if next(p for p in result["packages"] if p["name"] == "tensorflow")["version"] == "2.14.0":
        assert hashlib.sha256(library.read_bytes()).hexdigest() == LIBRARY_SHA256
    headers = packages / "tensorflow" / "include" / "tensorflow" / "lite" / "c"
    assert (headers / "c_api.h").is_file()
    model = packages / "model-ssd-mobilenet-tflite" / "detect.tflite"
    assert hashlib.sha256(model.read_bytes()).hexdigest() == MODEL_SHA256


def found(output: Path) -> dict[str, set[str]]:
    document = json.loads((output / "detections.json").read_text(encoding="utf-8"))
    return {
        image["file"]: {detection["label"] for detection in image["detections"]}
        for image in document["images"]
    }


def check_detections(output: Path) -> None:
    detections = found(output)
    assert "cat" in detections["chelsea.png"]
    assert "motorcycle" in detections["motorcycle_left.png"]
    assert "person" in detections["astronaut.png"]
    assert "cup" in detections["coffee.png"]
    assert "data:image/" in (output / "index.html").read_text(encoding="utf-8")


@pytest.mark.network
def test_a_cat_is_called_a_cat(tmp_path: Path) -> None:
    record = ckpm(tmp_path, "run", "object-detection", "repeats=2")
    check_detections(Path(record["output"]))
    assert record["results"]["speed_ms"] > 0
    shown = ckpm(tmp_path, "results", "show", str(record["run"]))
    assert shown[0]["packages"]["litert"]


@pytest.mark.network
@pytest.mark.heavy
def test_the_same_with_tensorflow(tmp_path: Path) -> None:
    record = ckpm(tmp_path, "run", "object-detection", "--runtime", "tensorflow", "repeats=2")
    check_detections(Path(record["output"]))
    assert record["results"]["runtime"] == "tensorflow"


@pytest.mark.network
@pytest.mark.parametrize("target", ["linux-x86_64", "linux-arm64", "macos-arm64"])
@pytest.mark.parametrize("name", ["object-detection", "object-detection-coco"])
def test_ready_environments_resolve(tmp_path: Path, name: str, target: str) -> None:
    resolution = ckpm(tmp_path, "resolve", "-e", name, "--target", target)
    assert {"litert", "object-detection"} <= {p["name"] for p in resolution["packages"]}


@pytest.mark.network
def test_python_packages_that_clash_are_decided_jointly(tmp_path: Path) -> None:
    # This tensorflow takes no numpy 2, which only uv knows: ckpm asks, learns, and moves numpy.
    plan = ckpm(tmp_path, "install", "tensorflow==2.16.2", "numpy", "--dry-run")
    versions = {p["name"]: p["version"] for p in plan["packages"]}
    assert versions["tensorflow"] == "2.16.2"
    assert versions["numpy"].startswith("1.26.")
