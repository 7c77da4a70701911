"""Published problems of other resolvers, as problem files; see tests/cases/problems/README.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from solving.oracle import violations

from ckpm.errors import UnsatisfiableError
from ckpm.model.platform import Platform
from ckpm.recipe.questions import read_question
from ckpm.resolve import answer_question

SUITES = sorted((Path(__file__).parents[2] / "cases" / "problems").glob("*.json"))
HERE = Platform("here", os="linux", arch="x86_64", triple="x86_64-linux-gnu")


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{suite.stem}-{case['id']}")
        for suite in SUITES
        for case in json.loads(suite.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", cases())
def test_agrees_with_the_published_answer(case: dict[str, Any]) -> None:
    question = read_question(case["problem"], case["id"])
    if not case["expect"]["satisfiable"]:
        with pytest.raises(UnsatisfiableError) as refused:
            answer_question(question, HERE)
        assert 0 < len(refused.value.lines) <= 15
        return
    resolution = answer_question(question, HERE)
    chosen = [
        {
            "package": candidate.package,
            "version": candidate.version.text,
            "options": dict(candidate.options),
            "scope": candidate.scope,
        }
        for candidate in resolution
    ]
    assert violations(case["problem"], chosen) == []
    if case["expect"]["packages"] is not None:
        assert {c["package"]: c["version"] for c in chosen} == case["expect"]["packages"]
