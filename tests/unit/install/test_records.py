from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckpm.install.records import added_by_hand, generation_digest


@pytest.mark.parametrize(
    ("there", "extra"),
    [
        (["numpy-2.4.6", "ai_edge_litert-2.3.0"], []),
        (["numpy-2.4.6", "ai_edge_litert-2.3.0", "requests-2.34.2"], ["requests"]),
    ],
)
def test_what_pip_added_is_noticed(tmp_path: Path, there: list[str], extra: list[str]) -> None:
    record = {"python": ["numpy", "ai-edge-litert"]}
    (tmp_path / "environment.json").write_text(json.dumps(record))
    for name in there:
        (tmp_path / f"venv/lib/python3.11/site-packages/{name}.dist-info").mkdir(parents=True)
    assert added_by_hand(tmp_path) == extra


def test_a_damaged_record_accuses_nobody(tmp_path: Path) -> None:
    (tmp_path / "venv/lib/python3.11/site-packages/x-1.dist-info").mkdir(parents=True)
    (tmp_path / "environment.json").write_text("{")
    assert added_by_hand(tmp_path) == []


def generation(directory: Path) -> Path:
    (directory / "result").mkdir()
    (directory / "generation" / "packages").mkdir(parents=True)
    (directory / "generation" / "packages" / "model").symlink_to(directory / "result")
    (directory / "generation" / "environment.json").write_text('{"digest": "abc"}')
    return directory / "generation"


def test_a_generation_is_whole_while_its_packages_are_there(tmp_path: Path) -> None:
    made = generation(tmp_path)
    assert generation_digest(made) == "abc"
    (tmp_path / "result").rmdir()
    assert generation_digest(made) is None
