"""The lists of other tools name detectors that exist, and no name twice."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm._content import bundled_dir

DATA = Path(__file__).parents[2] / "docs" / "coverage.yaml"

pytestmark = pytest.mark.skipif(
    not DATA.is_file(), reason="the documentation is not beside these tests"
)


def lists() -> list[Any]:
    if not DATA.is_file():
        return []
    text = DATA.read_text(encoding="utf-8")
    covered = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - every scalar is text
    return [pytest.param(each, id=f"{each['tool']}-{each['list']}") for each in covered]


@pytest.mark.parametrize("covered", lists())
def test_every_named_detector_exists(covered: Any) -> None:
    named = set(chain.from_iterable(covered["found"].values()))
    missing = [name for name in named if not (bundled_dir("detectors") / f"{name}.yaml").is_file()]
    assert not missing


@pytest.mark.parametrize("covered", lists())
def test_every_name_is_found_or_its_absence_explained(covered: Any) -> None:
    assert all(covered["found"].values())
    others = [covered.get(kind, {}) for kind in ("elsewhere", "gaps")]
    names = [*covered["found"], *chain.from_iterable(n for each in others for n in each.values())]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert all(reason.strip() for each in others for reason in each)
