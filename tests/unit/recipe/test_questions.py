"""Problem files: every fault is told at once, and the good ones are answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpm.errors import CkpmError, ContentError, UnsatisfiableError
from ckpm.model.platform import Platform
from ckpm.recipe.questions import parse_question
from ckpm.resolve import answer_question

DATA = Path(__file__).parents[2] / "cases" / "questions"
HERE = Platform("here", os="linux", arch="x86_64", triple="x86_64-linux-gnu")


def cases(name: str) -> list[Any]:
    entries = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(entry, id=entry["name"]) for entry in entries]


@pytest.mark.parametrize("case", cases("faults"))
def test_tells_every_fault(case: dict[str, Any]) -> None:
    with pytest.raises(ContentError) as refused:
        parse_question(case["text"], "question")
    assert len(refused.value.faults) == len(case["says"]), refused.value.faults
    for fault, said in zip(refused.value.faults, case["says"], strict=True):
        assert fault.startswith("question")
        assert said in fault


@pytest.mark.parametrize("case", cases("answers"))
def test_answers(case: dict[str, Any]) -> None:
    question = parse_question(case["text"], "question")
    if "lines" in case:
        with pytest.raises(UnsatisfiableError) as refused:
            answer_question(question, HERE)
        assert list(refused.value.lines)[: len(case["lines"])] == case["lines"]
        return
    resolution = answer_question(question, HERE)
    assert {c.package: str(c.version) for c in resolution.in_scope()} == case["packages"]


# Uniform text is hardly ever a document; pieces of documents nearly are.
PIECES = st.lists(
    st.sampled_from(
        ['{"', '"}', '": ', "{", "}", "[", "]", ",", ":", '"', "\n", "  ", "- ", "null", "1", "1.0",
         "a", "b>=1", "format", "ckpm-problem/1", "packages", "requires", "needs", "options", "\\",
         "\u0000", "é", "&x", "*x", "!!python", "<<", "#", "'"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(PIECES)
def test_any_text_is_a_question_or_a_fault(text: str) -> None:
    assert exit_code(text) in (0, 2, 3)


def exit_code(text: str) -> int:
    try:
        answer_question(parse_question(text, "question"), HERE)
    except CkpmError as error:
        return error.exit_code
    return 0
