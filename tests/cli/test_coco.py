"""COCO 50 and 5000 from a server with the official layout, and mAP by COCO's own evaluation.

The official server is not ours to load: the photographs here are made up, but for the one that may
be redistributed, and the recipe is the real one with the loopback server's address and sums.
"""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm._content import bundled_dir

DATA = Path(os.environ.get("CKPM_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
OFFICIAL = ("https://s3.amazonaws.com/images.cocodataset.org", "http://images.cocodataset.org")
ZIPS = {"annotations/annotations_trainval2017.zip": "252907541", "zips/val2017.zip": "815585330"}
REAL = 785


def ids() -> list[int]:
    text = (bundled_dir("recipes") / "dataset-coco-val2017.yaml").read_text(encoding="utf-8")
    first = sorted({int(number) for number in re.findall(r"val2017/(\d{12})\.jpg", text)})
    return [*first, 581000, 581781]


def photo(number: int) -> bytes:
    real = DATA / "coco" / f"{number:012d}.jpg"
    if real.is_file():
        return real.read_bytes()
    image = pytest.importorskip("PIL.Image").new("RGB", (64, 48), (number % 255, 90, 120))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def annotations() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(
        (DATA / "coco" / "instances_785.json").read_text(encoding="utf-8")
    )
    made = [
        {"id": number, "file_name": f"{number:012d}.jpg", "width": 64, "height": 48}
        for number in ids()
        if number != REAL
    ]
    return {**known, "images": [*known["images"], *made]}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server with the official layout, and its directory."""
    if not (DATA / "coco").is_dir():
        pytest.skip("the sample of COCO is not beside this checkout")
    root = tmp_path_factory.mktemp("coco")
    photos = {f"val2017/{number:012d}.jpg": photo(number) for number in ids()}
    instances = json.dumps(annotations()).encode()
    layout = {
        **photos,
        "annotations/annotations_trainval2017.zip": zipped(
            {"annotations/instances_val2017.json": instances, "annotations/other.json": b"{}"}
        ),
        "zips/val2017.zip": zipped(photos),
    }
    for name, content in layout.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(root))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", root
        server.shutdown()


@pytest.fixture
def project(tmp_path: Path, official: tuple[str, Path]) -> Path:
    """A trusted project whose COCO recipe is the bundled one, pointed at the loopback server."""
    address, root = official
    recipes = tmp_path / ".ckpm" / "recipes"
    recipes.mkdir(parents=True)
    text = (bundled_dir("recipes") / "dataset-coco-val2017.yaml").read_text(encoding="utf-8")
    for server in OFFICIAL:
        text = text.replace(server, address)
    for name, size in ZIPS.items():
        content = (root / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        text = re.sub(
            rf"size: {size}\n(\s+)sha256: \w+\n\s+md5: \w+",
            rf"size: {len(content)}\n\1sha256: {digest}",
            text,
        )
    (recipes / "dataset-coco-val2017.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(
        bundled_dir("recipes") / "dataset-coco-val2017", recipes / "dataset-coco-val2017"
    )
    shadows = "name: coco-test\nrequires: []\nshadows: [dataset-coco-val2017]\n"
    (tmp_path / "ckpm.yaml").write_text(shadows, encoding="utf-8")
    ckpm(tmp_path, "trust", ".")
    return tmp_path


def ckpm(project: Path, *arguments: str) -> str:
    environ = {
        **os.environ,
        "CKPM_STORE": str(project / "store"),
        "CKPM_CONFIG": str(project / "config"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "ckpm", *arguments],
        cwd=project, env=environ, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def installed(project: Path, variant: str) -> Path:
    environment = next((project / "store" / "envs").glob("coco-test-*"))
    return next(environment.glob(f"*/current/packages/dataset-coco-val2017-{variant}"))


def test_50_and_5000_stand_beside_each_other(project: Path) -> None:
    ckpm(project, "install", "dataset-coco-val2017:images=50", "--allow-unverified")
    requires = yaml.safe_load((project / "ckpm.yaml").read_text(encoding="utf-8"))["requires"]
    assert requires == ["dataset-coco-val2017:images=50"]
    few = installed(project, "50")
    assert len(list((few / "val2017").iterdir())) == 50
    kept = json.loads((few / "annotations" / "instances_val2017.json").read_text(encoding="utf-8"))
    assert [image["id"] for image in kept["images"]] == ids()[:50]
    assert {a["image_id"] for a in kept["annotations"]} == {REAL}
    ckpm(project, "install", "dataset-coco-val2017:images=50", "dataset-coco-val2017:images=5000")
    assert len(list((installed(project, "5000") / "val2017").iterdir())) == 52
    assert len(list((installed(project, "50") / "val2017").iterdir())) == 50


def test_unverified_photographs_are_taken_from_the_archive_unless_allowed(project: Path) -> None:
    plan = ckpm(project, "install", "dataset-coco-val2017:images=50", "--dry-run")
    assert "zips/val2017.zip" in plan
    assert "nobody published a digest of `000000000139.jpg`" in plan
    allowed = ckpm(
        project, "install", "dataset-coco-val2017:images=50", "--dry-run", "--allow-unverified"
    )
    assert "zips/val2017.zip" not in allowed
    assert "val2017/000000000139.jpg" in allowed


@pytest.mark.network
def test_map_is_computed_by_pycocotools(project: Path) -> None:
    environ_store = os.environ.get("CKPM_STORE")
    document = ckpm(
        project,
        "run",
        "object-detection-coco",
        "--json",
        *(["--store", environ_store] if environ_store else []),
    )
    results = json.loads(document)["result"]["results"]
    assert results["images"] == 50
    # One annotated photograph of a person on skis: found, with a good box.
    assert results["AP50"] > 0.9
