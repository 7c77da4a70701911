"""Every detector against the machines described beside it, and the hosts of tests/cases/detect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm._content import bundled_dir

ROOT = Path(__file__).parents[3]


def load(path: Path) -> list[Any]:
    # Every scalar is text, as in content files: 3.10 is no number.
    return list(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))  # noqa: S506


def cases(directory: Path, suffix: str) -> list[Any]:
    return [
        pytest.param(case, path.name.removesuffix(suffix), id=f"{path.name}-{number}")
        for path in sorted(directory.glob(f"*{suffix}"))
        for number, case in enumerate(load(path), 1)
    ]


@pytest.mark.parametrize(("case", "package"), cases(bundled_dir("detectors"), ".test.yaml"))
def test_finds_exactly_what_the_machine_has(check: Any, case: Any, package: str) -> None:
    check(case, [package])


@pytest.mark.parametrize(("case", "name"), cases(ROOT / "tests" / "cases" / "detect", ".yaml"))
def test_sees_hosts_as_they_are(check: Any, case: Any, name: str) -> None:
    check(case, case["packages"])


def test_every_detector_is_tested_on_a_machine_that_has_it_and_one_that_has_not() -> None:
    for path in sorted(bundled_dir("detectors").glob("*.yaml")):
        if path.name.endswith(".test.yaml"):
            continue
        found = [bool(case["found"]) for case in load(path.with_suffix(".test.yaml"))]
        assert set(found) == {True, False}, path.name
