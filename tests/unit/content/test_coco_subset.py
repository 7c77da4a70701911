"""The first photographs of COCO's val2017: the rule, and what is checked of each."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ckpm._content import bundled_dir
from ckpm.recipe.load import load_recipe

RECIPE = bundled_dir("recipes") / "dataset-coco-val2017.yaml"


def jpeg(width: int, height: int, *, whole: bool = True) -> bytes:
    """A comment, then a frame's header: as much of a JPEG file as says its size."""
    comment = b"\xff\xfe" + struct.pack(">H", 4) + b"ok"
    frame = b"\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width) + bytes(10)
    return b"\xff\xd8" + comment + frame + (b"\xff\xd9" if whole else b"")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "source"
    (place / "val2017").mkdir(parents=True)
    (place / "annotations").mkdir()
    images = []
    for number, width in ((9, 30), (5, 40), (700, 50)):
        name = f"{number:012d}.jpg"
        (place / "val2017" / name).write_bytes(jpeg(width, 20))
        images.append({"id": number, "file_name": name, "width": width, "height": 20})
    annotations = [{"id": 1, "image_id": 9}, {"id": 2, "image_id": 700}]
    document = {"images": images, "annotations": annotations, "categories": [{"id": 1}]}
    (place / "annotations" / "instances_val2017.json").write_text(json.dumps(document))
    return place


def arrange(source: Path, count: int) -> subprocess.CompletedProcess[str]:
    script = RECIPE.with_suffix("") / "arrange.py"
    command = [sys.executable, "-B", script, source, str(count), source.parent / "out"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_lowest_ids_are_kept_with_their_annotations(source: Path) -> None:
    assert arrange(source, 2).returncode == 0
    out = source.parent / "out"
    kept = json.loads((out / "annotations" / "instances_val2017.json").read_text())
    assert [image["id"] for image in kept["images"]] == [5, 9]
    assert [annotation["id"] for annotation in kept["annotations"]] == [1]
    assert kept["categories"] == [{"id": 1}]
    photos = sorted(path.name for path in (out / "val2017").iterdir())
    assert photos == ["000000000005.jpg", "000000000009.jpg"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "was not fetched"),
        (jpeg(41, 20), "is 41 x 20, not 40 x 20 as annotated"),
        (jpeg(40, 20, whole=False), "is no whole JPEG file"),
        (b"<html>not found</html>", "is no whole JPEG file"),
        (b"", "is no whole JPEG file"),
    ],
)
def test_a_photograph_that_is_not_the_annotated_one_is_refused(
    source: Path, content: bytes | None, said: str
) -> None:
    photo = source / "val2017" / "000000000005.jpg"
    photo.unlink()
    if content is not None:
        photo.write_bytes(content)
    ended = arrange(source, 2)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert ended.stderr.startswith(f"error: `{photo.name}`")
    assert not (source.parent / "out").exists()


def test_the_recipe_names_fifty_photographs_in_order() -> None:
    recipe = load_recipe(RECIPE)
    singly = next(s for s in recipe.sources if len(s.parts) > 2)
    names = [Path(urlsplit(part.urls[0]).path).name for part in singly.parts[1:]]
    assert len(names) == 50
    assert names == sorted(set(names))
    assert (names[0], names[-1]) == ("000000000139.jpg", "000000005060.jpg")
    for part, name in zip(singly.parts[1:], names, strict=True):
        assert all(url.endswith(f"/val2017/{name}") for url in part.urls)
        assert (part.unpack, part.into) == (False, "val2017")
