"""The resolver against published problems with known answers (data beside the checkout)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate
from ckpm.model.version import Version
from ckpm.resolve.check import check
from ckpm.resolve.core import solve
from ckpm.resolve.problem import Edge, Key, Node, Problem
from ckpm.resolve.search import search

DATA = (
    Path(os.environ.get("CKPM_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
    / "solver-cases"
)
FILES = ["resolvelib-cocoapods", "resolvelib-python", "resolvelib-swift", "resolvelib-wrong"]


def problem_of(case: dict[str, Any]) -> Problem:
    """Position 0 is the newest version in ours, the oldest in theirs."""
    names = list(case["packages"])
    numbers = {name: n for n, name in enumerate(names)}
    nodes = []

    def edge(target: str, intervals: list[list[int]]) -> Edge:
        count = len(case["packages"][target])
        mask = sum(1 << (count - 1 - i) for lo, hi in intervals for i in range(lo, min(hi, count)))
        return Edge(Requirement(target), numbers[target], mask)

    for name in names:
        versions = list(reversed(case["packages"][name]))
        candidates = tuple(Candidate(name, Version(str(v))) for v in versions)
        deps = case["deps"].get(name, {})
        edges = [tuple(edge(t, spans) for t, spans in deps.get(str(v), [])) for v in versions]
        nodes.append(Node(Key(name, ""), candidates, edges))
    return Problem(tuple(edge(t, spans) for t, spans in case["root"]), nodes)


def cases() -> list[Any]:
    if not DATA.is_dir():
        return [
            pytest.param(None, marks=pytest.mark.skip(reason=f"no solver cases at {DATA.name}"))
        ]
    return [
        pytest.param(case, id=f"{file}-{case['id']}")
        for file in FILES
        for case in json.loads((DATA / f"{file}.json").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", cases())
def test_agrees_with_the_stated_answer(case: dict[str, Any]) -> None:
    problem = problem_of(case)
    answer = search(problem)
    if answer is not None:
        check(problem, answer)
    stated = case["expect"].get("sat")
    if stated is not None:
        assert (answer is not None) == stated
    solution = case["expect"].get("solution")
    # Where cycles are refused by whoever stated it, it is not the preferred one.
    if answer is not None and solution and not case["meta"].get("cycle_rejected_upstream"):
        chosen = [problem.nodes[n].candidates[i] for n, i in answer.items()]
        versions = {c.package: str(c.version) for c in chosen}
        # Extras are packages of their own here, which the stated solutions leave out.
        assert without_extras(versions) == without_extras(solution)


def without_extras(versions: dict[str, str]) -> dict[str, str]:
    return {name: version for name, version in versions.items() if "[" not in name}


@pytest.mark.parametrize("case", cases())
def test_engine_and_core_agree(case: dict[str, Any]) -> None:
    problem = problem_of(case)
    assert search(problem) == solve(problem)
