"""Minimal conflicts: the fewest reasons that together rule every answer out.

A proof of the exact core names the facts that it rests on. Each is then left out in turn: where the
rest is a conflict still, its own proof names fewer (deletion with refinement; see Marques-Silva,
"Minimal unsatisfiability: models, algorithms and applications", 2010).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ckpm.resolve.core import Core, SearchStoppedError
from ckpm.resolve.deadline import ShouldStop, never
from ckpm.resolve.problem import Problem
from ckpm.resolve.trail import ROOT, Asked, Barred, Fact

MAX_CONFLICTS = 3_000
"""What all attempts together may cost; facts that it would take more to leave out stay."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What together rules every answer out."""

    asked: tuple[Asked, ...]
    barred: tuple[Barred, ...] = ()


def minimal_conflict(problem: Problem, *, should_stop: ShouldStop = never) -> Conflict:
    """Return one minimal conflict, in order; when stopped, one that is not minimal."""
    core = Core(problem)
    core.solve()
    facts = core.conflict_facts()
    left = MAX_CONFLICTS
    conflict = _in_order(facts)
    # Roots last: what is left of the chain is then near to them.
    roots_last = sorted(conflict.asked, key=lambda fact: fact.source == ROOT)
    for fact in (*conflict.barred, *roots_last):
        if fact not in facts or left <= 0 or should_stop():
            continue
        attempt = Core(problem, facts=facts - {fact}, max_conflicts=left, should_stop=should_stop)
        facts = fewer(attempt) or facts
        left -= attempt.conflicts
    return _in_order(facts)


def _in_order(facts: Collection[Fact]) -> Conflict:
    asked = sorted(fact for fact in facts if isinstance(fact, Asked))
    barred = sorted(fact for fact in facts if isinstance(fact, Barred))
    return Conflict(tuple(asked), tuple(barred))


def fewer(attempt: Core) -> set[Fact]:
    """Return the facts of the conflict that an attempt proves; nothing where there is none."""
    try:
        return attempt.conflict_facts() if attempt.solve() is None else set()
    except SearchStoppedError:
        return set()
