"""Which wheels are for which machine, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.config.platforms import known_platforms
from ckpm.model.platform import Platform, parse_target
from ckpm.model.wheel_tags import is_fitting, is_for_other_machines, no_python_part

FILE = Path(__file__).parents[2] / "cases" / "wheels" / "fitting.yaml"
CASES = yaml.load(FILE.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - strings alone
KNOWN = known_platforms()


def platform(target: str) -> Platform:
    return parse_target(target, KNOWN, KNOWN["linux-x86_64"])


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=" ".join(map(str, case.values()))) for case in CASES[name]]


@pytest.mark.parametrize("case", cases("fitting"))
def test_a_wheel_of_the_targets_tags_fits(case: dict[str, str]) -> None:
    assert is_fitting(case["wheel"], case["python"], platform(case["target"]))


@pytest.mark.parametrize("case", cases("unfit"))
def test_a_wheel_of_other_tags_does_not(case: dict[str, str]) -> None:
    assert not is_fitting(case["wheel"], case["python"], platform(case["target"]))


@pytest.mark.parametrize("case", cases("others"))
def test_tags_of_other_machines_alone_are_noticed(case: dict[str, Any]) -> None:
    assert is_for_other_machines(case["tags"], platform(case["target"]))


@pytest.mark.parametrize("case", cases("ours"))
def test_tags_that_may_be_the_targets_are_not(case: dict[str, Any]) -> None:
    assert not is_for_other_machines(case["tags"], platform(case["target"]))


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_platform_has_a_python_part_or_a_reason(name: str) -> None:
    reason = no_python_part(KNOWN[name])
    has_one = name.startswith(("macos-", "windows-", "linux-x86_64", "linux-arm64"))
    assert (reason is None) == has_one
    assert has_one or f"for {name}," in str(reason)
