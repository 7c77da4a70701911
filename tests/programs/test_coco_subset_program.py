"""The documented rule by which COCO's validation images are cut down."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

INSTANCES = {
    "info": {"year": 2017},
    "licenses": [{"id": 4}],
    "categories": [{"id": 1, "name": "person"}],
    # 1000 sorts before 139 as text and after it as a number.
    "images": [
        {"id": 1000, "file_name": "000000001000.jpg"},
        {"id": 285, "file_name": "000000000285.jpg"},
        {"id": 139, "file_name": "000000000139.jpg"},
    ],
    "annotations": [
        {"id": 1, "image_id": 1000},
        {"id": 2, "image_id": 139},
        {"id": 3, "image_id": 285},
        {"id": 4, "image_id": 139},
    ],
}


@pytest.fixture
def program(load_program: Callable[[str], ModuleType]) -> ModuleType:
    return load_program("dataset-coco-val2017/subset.py")


def test_keeps_the_lowest_ids_and_their_annotations(program: ModuleType) -> None:
    kept = program.subset(INSTANCES, 2)

    assert [image["id"] for image in kept["images"]] == [139, 285]
    assert [item["id"] for item in kept["annotations"]] == [2, 3, 4]


def test_keeps_licences_and_categories(program: ModuleType) -> None:
    kept = program.subset(INSTANCES, 1)

    unchanged = ("info", "licenses", "categories")
    assert {key: kept[key] for key in unchanged} == {key: INSTANCES[key] for key in unchanged}


@pytest.mark.parametrize("count", [0, -1, 4])
def test_refuses_a_count_that_the_file_cannot_give(program: ModuleType, count: int) -> None:
    with pytest.raises(program.SubsetError, match="of 3"):
        program.subset(INSTANCES, count)


def run_subset(recipes_dir: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = recipes_dir / "dataset-coco-val2017" / "subset.py"
    command = [sys.executable, "-B", str(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_writes_a_file_or_lists_names(recipes_dir: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "instances.json", tmp_path / "out.json"
    source.write_text(json.dumps(INSTANCES))

    written = run_subset(recipes_dir, source, "1", out)
    listed = run_subset(recipes_dir, source, "2", "--list")

    assert (written.returncode, written.stdout) == (0, "")
    assert [image["id"] for image in json.loads(out.read_text())["images"]] == [139]
    assert listed.stdout == "000000000139.jpg\n000000000285.jpg\n"


def test_a_damaged_file_is_one_line(recipes_dir: Path, tmp_path: Path) -> None:
    source = tmp_path / "instances.json"
    source.write_text("{")

    result = run_subset(recipes_dir, source, "1", "--list")

    assert result.returncode == 1
    assert result.stderr.startswith(f"error: `{source}` is not JSON")
    assert result.stderr.count("\n") == 1
