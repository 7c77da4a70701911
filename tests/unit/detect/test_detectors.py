"""Every detector against the machines described beside it, and the hosts of tests/cases/detect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ckpm._content import bundled_dir
from ckpm.recipe.load import load_cases

ROOT = Path(__file__).parents[3]
TESTS = sorted(bundled_dir("detectors").glob("*.test.yaml"))


def cases(paths: list[Path]) -> list[Any]:
    return [
        pytest.param(case, path.name.partition(".")[0], id=f"{path.name}-{number}")
        for path in paths
        for number, case in enumerate(load_cases(path), 1)
    ]


@pytest.mark.parametrize(("case", "package"), cases(TESTS))
def test_finds_exactly_what_the_machine_has(check: Any, case: Any, package: str) -> None:
    check(case, [package])


HOSTS = sorted((ROOT / "tests" / "cases" / "detect").glob("*.yaml"))


@pytest.mark.parametrize(("case", "name"), cases(HOSTS))
def test_sees_hosts_as_they_are(check: Any, case: Any, name: str) -> None:
    check(case, case.packages)


def test_every_detector_is_tested_on_a_machine_that_has_it_and_one_that_has_not() -> None:
    for path in sorted(bundled_dir("detectors").glob("*.yaml")):
        if not path.name.endswith(".test.yaml"):
            found = [bool(case.found) for case in load_cases(path.with_suffix(".test.yaml"))]
            assert set(found) == {True, False}, path.name
