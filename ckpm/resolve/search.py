"""Search: resolvelib over the compiled problem; the exact core where it turned back or failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers import Resolution as EngineRun

from ckpm.resolve.core import bits, solve
from ckpm.resolve.problem import Edge, Problem

Pin = tuple[int, int]
MAX_ROUNDS = 2000


def search(problem: Problem) -> dict[int, int] | None:
    """Return the preferred answer as node to candidate, or ``None`` when there is none.

    An answer that resolvelib reaches without turning back took every first choice, and so is the
    preferred one; that is nearly every real request. Anything else is for the exact core to say:
    resolvelib reports false conflicts on some cyclic graphs (its issue 206).

    Raises:
        UndecidedError: when the exact core ran out of its budget.
    """
    if not problem.nogoods:
        run = EngineRun(_Provider(problem), turns := _Turns())
        try:
            state = run.resolve(list(problem.roots), max_rounds=MAX_ROUNDS)
        except (ResolutionImpossible, ResolutionTooDeep, RecursionError):
            return solve(problem)
        if not turns.back:
            return _reachable(problem, {n: pin[1] for n, pin in state.mapping.items()})
    return solve(problem)


def _reachable(problem: Problem, pins: Mapping[int, int]) -> dict[int, int]:
    """Return the pins in breadth-first order, without those nothing needs any more."""
    order: dict[int, int] = {}
    waiting = [edge.node for edge in problem.roots]
    for number in waiting:
        if number not in order:
            order[number] = pins[number]
            waiting += [edge.node for edge in problem.nodes[number].edges[pins[number]]]
    return order


class _Turns(BaseReporter[Edge, Pin, int]):
    """Notice whether resolvelib ever took a choice back."""

    def __init__(self) -> None:
        self.back = False
        self.pinned: set[int] = set()

    def pinning(self, candidate: Pin) -> None:
        # A pin that a later requirement forbids is dropped and made anew, without a conflict.
        self.back |= candidate[0] in self.pinned
        self.pinned.add(candidate[0])

    def rejecting_candidate(self, criterion: object, candidate: Pin) -> None:
        self.back = True

    def resolving_conflicts(self, causes: object) -> None:
        self.back = True


class _Provider(AbstractProvider[Edge, Pin, int]):
    """resolvelib's view: a requirement is an edge, a candidate a (node, position) pair."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.order: dict[int, int] = {}

    def identify(self, requirement_or_candidate: Edge | Pin) -> int:
        if isinstance(requirement_or_candidate, Edge):
            return requirement_or_candidate.node
        return requirement_or_candidate[0]

    def get_preference(
        self,
        identifier: int,
        resolutions: Mapping[int, Pin],
        candidates: Mapping[int, Iterator[Pin]],
        information: Mapping[int, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> int:
        # Breadth-first: the node that was needed first is decided first.
        return self.order.setdefault(identifier, len(self.order))

    def find_matches(
        self,
        identifier: int,
        requirements: Mapping[int, Iterator[Edge]],
        incompatibilities: Mapping[int, Iterator[Pin]],
    ) -> Iterable[Pin]:
        mask = self.problem.nodes[identifier].full_mask
        for edge in requirements[identifier]:
            mask &= edge.mask
        for _, position in incompatibilities[identifier]:
            mask &= ~(1 << position)
        return [(identifier, position) for position in bits(mask)]

    def is_satisfied_by(self, requirement: Edge, candidate: Pin) -> bool:
        return bool(requirement.mask >> candidate[1] & 1)

    def get_dependencies(self, candidate: Pin) -> Iterable[Edge]:
        number, position = candidate
        return self.problem.nodes[number].edges[position]
