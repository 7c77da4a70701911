"""The recordings are closed: whatever a recorded version needs is recorded too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RECORDINGS = Path(__file__).parents[1] / "cases" / "index"


@pytest.mark.parametrize("python", ["3.11", "3.12"])
def test_every_need_has_a_version(index: Any, python: str) -> None:
    machine = {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"}
    place = {**machine, "python_version": python, "python_full_version": f"{python}.1", "extra": ""}
    needs = {
        need
        for versions in index.versions.values()
        for entry in versions.values()
        for need in map(Requirement, entry["requires"])
        if need.marker is None or need.marker.evaluate(place)
    }
    missing = [
        str(need)
        for need in needs
        if not any(
            map(need.specifier.contains, index.versions.get(canonicalize_name(need.name), ()))
        )
    ]
    assert needs
    assert missing == []


def test_no_address_is_recorded() -> None:
    files = list(RECORDINGS.glob("*.json"))
    assert files
    assert [file.name for file in files if "://" in file.read_text()] == []
