"""Wheel tags and requires-python, case by case: which Pythons a platform may install with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.config.platforms import known_platforms
from ckpm.errors import UsageError
from ckpm.install.python_releases import python_releases, target_pythons
from ckpm.model.platform import parse_target
from ckpm.model.recipe import Recipe, Source
from ckpm.model.version import Version
from ckpm.system.registries.pypi import IndexFile

CASES = Path(__file__).parents[2] / "cases" / "wheels" / "ranges.yaml"


def cases() -> Iterator[Any]:
    for case in yaml.safe_load(CASES.read_text(encoding="utf-8")):
        for target, expected in case["python"].items():
            yield pytest.param(case, target, expected, id=f"{case['name']} on {target}")


def wheel(
    name: str, version: str = "1", requires: str | None = None, *, yanked: bool = False
) -> IndexFile:
    return IndexFile(f"{name}.whl", "", version, None, None, requires, yanked)


def releases(
    files: list[IndexFile], target: str, kind: str = "library", **details: str
) -> dict[str, str]:
    known = known_platforms()
    platform = parse_target(target, known, known["linux-x86_64"])
    recipe = Recipe(name="x", kind=kind, summary="x")
    source = Source("pypi", details=tuple(details.items()))
    found = python_releases(recipe, source, files, platform)
    return {r.version: ",".join(str(need.range) for need in r.needs) for r in found}


@pytest.mark.parametrize(("case", "target", "expected"), list(cases()))
def test_ranges_are_what_the_tags_say(
    case: dict[str, Any], target: str, expected: str | None
) -> None:
    yanked = case.get("yanked", False)
    files = [wheel(name, requires=case.get("requires"), yanked=yanked) for name in case["wheels"]]
    assert releases(files, target) == ({} if expected is None else {"1": expected})


@pytest.mark.parametrize(
    ("python", "fits"), [("3.9.18", True), ("3.10.1", False), ("3.13.0", False)]
)
def test_a_range_with_a_hole_means_what_it_says(python: str, fits: bool) -> None:  # noqa: FBT001
    known = known_platforms()["windows-x86_64"]
    files = [wheel(f"x-1-cp{minor}-cp{minor}-win_amd64") for minor in (39, 311, 312)]
    (release,) = python_releases(Recipe("x", "library", "x"), Source("pypi"), files, known)
    assert (Version(python, "pep440") in release.needs[0].range) is fits


def test_each_version_counts_for_itself() -> None:
    files = [
        wheel("x-1-cp39-cp39-win_amd64", "1"),
        wheel("x-2-cp311-cp311-win_amd64", "2"),
        wheel("x-3-cp311-cp311-macosx_11_0_arm64", "3"),
        wheel("x-nonsense-py3-none-any", "nonsense"),
    ]
    assert releases(files, "windows-x86_64") == {"1": ">=3.9,<3.10", "2": ">=3.11,<3.12"}
    assert releases(files, "windows-x86_64", range=">=2") == {"2": ">=3.11,<3.12"}


def test_files_to_unpack_need_no_python_and_data_no_platform() -> None:
    files = [wheel("x-1-cp311-cp311-macosx_11_0_arm64")]
    assert releases(files, "linux-x86_64", layout="files") == {}
    assert releases(files, "linux-x86_64", kind="dataset", layout="files") == {"1": ""}


MANAGED = ["3.14.1", "3.13.11", "3.13.2", "3.1.9"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("3.13", ["3.13.11"]),
        ("3.13.2", ["3.13.2"]),
        ("3.13.1", ["3.13.1"]),
        ("3.1", ["3.1.9"]),
        ("3.20", ["3.20"]),
    ],
)
def test_a_stated_python_is_the_only_one(stated: str, expected: list[str]) -> None:
    target = known_platforms()["linux-arm64"].stating({"python": stated})
    assert [release.version for release in target_pythons(MANAGED, target)] == expected


def test_without_a_statement_every_python_is_offered() -> None:
    found = target_pythons(MANAGED, known_platforms()["linux-arm64"])
    assert [release.version for release in found] == MANAGED


@pytest.mark.parametrize("stated", ["3", "2.7", "3.x", "3.13rc1", "3.13.2.1", "latest"])
def test_a_statement_that_is_no_python_is_a_fault(stated: str) -> None:
    target = known_platforms()["linux-arm64"].stating({"python": stated})
    with pytest.raises(UsageError, match="is no version of Python 3"):
        target_pythons(MANAGED, target)
