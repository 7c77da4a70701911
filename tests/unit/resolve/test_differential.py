"""Random problems against oracles that share no code with the search.

Twenty thousand in each run; ``--soak N`` asks for more, as does

    pytest tests/unit/resolve/test_differential.py --soak 1000000 -n 2
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from solving.exact import Exact, TooLargeError
from solving.oracle import Oracle, violations
from solving.problems import VERSIONS, random_problem

from ckpm.errors import Remedy
from ckpm.model.requirement import parse_requirement
from ckpm.model.resolution import ANY_VERSION, Nogood
from ckpm.recipe.questions import read_question
from ckpm.resolve.answer import choices
from ckpm.resolve.check import check
from ckpm.resolve.compile import compile_problem
from ckpm.resolve.conflict import minimal_conflict
from ckpm.resolve.explain import explain
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


def compiled(document: dict[str, Any], nogoods: Sequence[Nogood] = ()) -> Problem:
    return compiled_with_supply(document, nogoods)[0]


def compiled_with_supply(
    document: dict[str, Any], nogoods: Sequence[Nogood]
) -> tuple[Problem, Listed]:
    question = read_question(document, "a random problem")
    supply = Listed(question)
    requires = [supply.read(requirement) for requirement in question.requires]
    constraints = [supply.read(requirement) for requirement in question.constraints]
    problem = compile_problem(requires, supply, nogoods=nogoods, constraints=constraints)
    return problem, supply


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


def test_hints_keep_to_the_nogoods(seeds: range) -> None:
    tried = 0
    for seed in seeds[::5]:
        draw = random.Random(seed)  # noqa: S311 - nothing secret
        document = random_problem(draw)
        nogoods = random_nogoods(draw, document)
        problem, supply = compiled_with_supply(document, nogoods)
        if search(problem) is not None:
            continue
        is_truly_minimal(problem)
        error = explain(problem, supply)
        assert set(error.nogoods) <= set(nogoods)
        for remedy in error.remedies:
            tried += 1
            changed = compiled({**document, "requires": helped(document, remedy)}, nogoods)
            with suppress(TooLargeError):
                assert Exact(changed).is_satisfiable(), (remedy.text, document, nogoods)
    assert tried > len(seeds) / 50 or len(seeds) < 500


def random_nogoods(draw: random.Random, document: dict[str, Any]) -> list[Nogood]:
    """Return a few, of one to three packages, each in one version or in any."""
    packages = document["packages"]
    return [
        frozenset(
            (name, "", draw.choice([ANY_VERSION, *sorted(packages[name].keys() & VERSIONS)]))
            for name in draw.sample(sorted(packages), min(len(packages), draw.choice([1, 2, 2, 3])))
        )
        for _ in range(draw.randrange(6))
    ]


def helped(document: dict[str, Any], remedy: Remedy) -> list[str]:
    """Return what to ask for instead, as a remedy says."""
    assert remedy.kind in ("version", "prerelease", "option", "apart")
    instead = [] if remedy.kind == "apart" else re.findall("`([^`]*)`", remedy.text)
    return [
        text
        for wanted in document["requires"]
        for text in (instead if str(parse_requirement(wanted)) == remedy.about else [wanted])
    ]


def is_truly_minimal(problem: Problem) -> None:
    """The reasons of an explanation rule out every answer, and none of them is superfluous."""
    conflict = minimal_conflict(problem)
    facts = (*conflict.asked, *conflict.barred)
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
