"""Data that comes in wheels: the same in each, so fetched and kept once for all targets."""

from __future__ import annotations

from typing import Any

import pytest
from foreign_python.wheels import serve, wheel

TAGS = ["cp311-cp311-manylinux_2_28_aarch64", "cp311-cp311-manylinux_2_28_x86_64"]
TARGETS = ["linux-x86_64", "linux-arm64", "linux-riscv64"]
SOURCE = {"from": "pypi", "layout": "files", "parts": [{"members": {"thing": "thing"}}]}


@pytest.fixture
def thing(project: Any, behaviour: Any) -> Any:
    """The project, with an index of wheels of ``thing`` for two machines."""
    wheels = {tags: wheel("thing", tags) for tags in TAGS}
    project.environ["PIP_INDEX_URL"] = serve(project.server, behaviour, "thing", wheels)
    return project


def kept_for_all(project: Any, kind: str, targets: list[str]) -> int:
    """Install for each target, and return how many copies are kept then."""
    project.recipe("thing", SOURCE, kind=kind, version_scheme="pep440")
    for target in targets:
        done = project.ckpm("install", "thing", "--target", target)
        assert done.returncode == 0, done.stderr
    return sum(place.is_dir() for place in project.store.glob("results/*"))


def test_data_is_fetched_and_kept_once(thing: Any) -> None:
    assert kept_for_all(thing, "dataset", TARGETS) == 1
    assert sum(".whl" in str(served) for served in thing.server.answers) == 1


def test_a_library_is_another_one_for_each_target(thing: Any) -> None:
    assert kept_for_all(thing, "library", TARGETS[:2]) == 2
