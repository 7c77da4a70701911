"""Which variables a stranger's package may change; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.model.environment import RESERVED, SetVar
from ckpm.plan.privileges import is_harmless
from ckpm.recipe.products import ENV
from ckpm.schema.decode import decode
from ckpm.schema.documents import parse_document, write_document

CASES = Path(__file__).parents[2] / "cases" / "strangers" / "variables.yaml"


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text()), ids=lambda case: case["case"])
def test_what_asks(case: dict[str, Any]) -> None:
    rules = decode(ENV, parse_document(write_document(case["env"]), "x"), "x")
    conditional = any(rule.when.conditions for rule in rules)
    assert all(is_harmless("toy", rule.change) for rule in rules) is (
        not case["asks"] and not conditional
    )


@pytest.mark.parametrize("name", RESERVED)
def test_a_package_that_is_named_so_sets_none_of_ckpms_own(name: str) -> None:
    for package in ("env", "target", "stack", "store", name.removeprefix("CKPM_").lower()):
        assert not is_harmless(package, SetVar(name, "x"))
