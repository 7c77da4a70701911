"""Minimal conflicts: the fewest reasons that together rule every answer out.

A proof of the exact core names the facts that it rests on. Each is then left out in turn: where the
rest is a conflict still, its own proof names fewer (deletion with refinement; see Marques-Silva,
"Minimal unsatisfiability: models, algorithms and applications", 2010).
"""

from __future__ import annotations

from ckpm.resolve.core import Core, SearchStoppedError
from ckpm.resolve.deadline import ShouldStop, never
from ckpm.resolve.problem import Problem
from ckpm.resolve.trail import ROOT, Fact

MAX_CONFLICTS = 3_000
"""What all attempts together may cost; facts that it would take more to leave out stay."""


def minimal_conflict(problem: Problem, *, should_stop: ShouldStop = never) -> list[Fact]:
    """Return the facts of one minimal conflict, in order; when stopped, of one not minimal."""
    core = Core(problem)
    core.solve()
    facts = core.conflict_facts()
    left = MAX_CONFLICTS
    # Roots last: what is left of the chain is then near to them.
    for fact in sorted(facts, key=lambda fact: (fact[0] == ROOT, fact)):
        if fact not in facts or left <= 0 or should_stop():
            continue
        attempt = Core(problem, facts=facts - {fact}, max_conflicts=left, should_stop=should_stop)
        facts = fewer(attempt) or facts
        left -= attempt.conflicts
    return sorted(facts)


def fewer(attempt: Core) -> set[Fact]:
    """Return the facts of the conflict that an attempt proves; nothing where there is none."""
    try:
        return attempt.conflict_facts() if attempt.solve() is None else set()
    except SearchStoppedError:
        return set()
