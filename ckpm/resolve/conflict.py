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

MAX_CONFLICTS = 2_000
"""What one attempt may cost; a fact that it would take more to show superfluous stays."""


def minimal_conflict(problem: Problem, *, should_stop: ShouldStop = never) -> list[Fact]:
    """Return the facts of one minimal conflict, in order; when stopped, of one not minimal.

    Raises:
        SearchStoppedError: when it was stopped before any conflict was found.
    """
    core = Core(problem, should_stop=should_stop)
    core.solve()
    facts = core.conflict_facts()
    # Roots last: what is left of the chain is then near to them.
    for fact in sorted(facts, key=lambda fact: (fact[0] == ROOT, fact)):
        if should_stop():
            break
        if fact in facts:
            facts = fewer_without(problem, facts, fact, should_stop) or facts
    return sorted(facts)


def fewer_without(
    problem: Problem, facts: set[Fact], fact: Fact, should_stop: ShouldStop
) -> set[Fact] | None:
    """Return the facts of a conflict without one of them, or ``None`` where it is needed."""
    core = Core(problem, facts=facts - {fact}, max_conflicts=MAX_CONFLICTS, should_stop=should_stop)
    try:
        return core.conflict_facts() if core.solve() is None else None
    except SearchStoppedError:
        return None
