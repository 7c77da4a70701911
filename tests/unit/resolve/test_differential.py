"""Random problems against oracles that share no code with the search.

Twenty thousand in each run; ``--soak N`` asks for more, as does

    pytest tests/unit/resolve/test_differential.py --soak 1000000 -n 2
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from solving.exact import Exact, TooLargeError
from solving.oracle import Oracle, violations
from solving.problems import random_problem

from ckpm.recipe.questions import read_question
from ckpm.resolve.answer import choices
from ckpm.resolve.check import check
from ckpm.resolve.compile import compile_problem
from ckpm.resolve.conflict import minimal_conflict
from ckpm.resolve.listed import Listed
from ckpm.resolve.problem import Problem
from ckpm.resolve.search import search

CHUNKS = 20


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" in metafunc.fixturenames:
        count = int(metafunc.config.getoption("--soak"))
        size = max(1, count // CHUNKS)
        chunks = [range(start, min(start + size, count)) for start in range(0, count, size)]
        metafunc.parametrize("seeds", chunks, ids=lambda seeds: f"{seeds.start}-{seeds.stop}")


def compiled(document: dict[str, Any]) -> Problem:
    question = read_question(document, "a random problem")
    supply = Listed(question)
    requires = [supply.read(requirement) for requirement in question.requires]
    constraints = [supply.read(requirement) for requirement in question.constraints]
    return compile_problem(requires, supply, constraints=constraints)


def plain(problem: Problem, answer: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "package": choice.candidate.package,
            "version": choice.candidate.version.text,
            "options": dict(choice.candidate.options),
            "scope": choice.candidate.scope,
        }
        for choice in choices(problem, answer)
    ]


def test_agrees_with_the_oracles(seeds: range) -> None:
    answered = refuted = 0
    for seed in seeds:
        document = random_problem(random.Random(seed))  # noqa: S311 - nothing secret
        problem = compiled(document)
        answer = search(problem)
        try:
            expected = Oracle(document).is_satisfiable()
        except RecursionError:
            expected = answer is not None  # tools of tools without end: nothing to compare with
        assert (answer is not None) == expected, document
        if answer is None:
            refuted += 1
            is_truly_minimal(problem)
        else:
            answered += 1
            check(problem, answer)
            assert violations(document, plain(problem, answer)) == [], document
            is_the_optimum(problem, answer)
    # What is drawn must not drift to one side, where it would compare little.
    assert min(answered, refuted) > len(seeds) / 4 or len(seeds) < 500


def is_truly_minimal(problem: Problem) -> None:
    """The reasons of an explanation rule out every answer, and none of them is superfluous."""
    facts = minimal_conflict(problem)
    try:
        exact = Exact(problem)
    except TooLargeError:
        return
    assert not exact.is_satisfiable(facts), facts
    assert all(exact.is_satisfiable([f for f in facts if f != fact]) for fact in facts), facts


def is_the_optimum(problem: Problem, answer: dict[int, int]) -> None:
    try:
        optimum = Exact(problem).optimum()
    except TooLargeError:
        return
    assert answer == optimum
