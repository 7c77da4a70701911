"""Search: resolvelib first; the exact core where it turned back, failed or took too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers import Resolution as EngineRun

from ckpm.resolve.check import faults
from ckpm.resolve.core import MAX_CONFLICTS, Answer, solve
from ckpm.resolve.deadline import ShouldStop, never
from ckpm.resolve.problem import Edge, Problem, bits

Pin = tuple[int, int]

MAX_ROUNDS = 8
"""resolvelib looks at all that is decided in each of its rounds; the core does not."""


def search(
    problem: Problem,
    *,
    max_conflicts: int = MAX_CONFLICTS,
    should_stop: ShouldStop = never,
) -> Answer | None:
    """Return the preferred answer as node to candidate, or ``None`` when there is none.

    An answer that resolvelib reaches without turning back took every first choice, and so is the
    preferred one; that is nearly every real request. Anything else is for the exact core to say:
    resolvelib reports false conflicts on some cyclic graphs (its issue 206).

    Raises:
        SearchStoppedError: when the exact core ran out of its budget, or the caller stops it.
    """
    answer = first_choices(problem)
    if answer is None:
        answer = solve(problem, max_conflicts=max_conflicts, should_stop=should_stop)
    return answer


def first_choices(problem: Problem, max_rounds: int = MAX_ROUNDS) -> Answer | None:
    """Return resolvelib's answer if no choice in it was second to another; else ``None``."""
    run = EngineRun(_Provider(problem), _Turns())
    required = [edge for edge in problem.roots if edge.requires]
    try:
        state = run.resolve(required, max_rounds=max_rounds)
    except (ResolutionImpossible, ResolutionTooDeep, RecursionError, _TurnedBackError):
        return None
    answer = _reachable(problem, {node: pin[1] for node, pin in state.mapping.items()})
    # Conflicts, constraints and nogoods are beyond what resolvelib was asked.
    return None if any(faults(problem, answer)) else answer


def _reachable(problem: Problem, pins: Mapping[int, int]) -> Answer:
    """Return the pins in breadth-first order, without those nothing needs any more."""
    order: dict[int, int] = {}
    waiting = [edge.node for edge in problem.roots if edge.requires]
    for number in waiting:
        if number not in order:
            order[number] = pins[number]
            edges = problem.edges(number, pins[number])
            waiting += [edge.node for edge in edges if edge.requires]
    return order


class _TurnedBackError(Exception):
    """A choice was taken back: what comes now is for the exact core."""


class _Turns(BaseReporter[Edge, Pin, int]):
    """Stop resolvelib as soon as it takes a choice back."""

    def __init__(self) -> None:
        self.pinned: set[int] = set()

    def pinning(self, candidate: Pin) -> None:
        # A pin that a later requirement forbids is dropped and made anew, without a conflict.
        if candidate[0] in self.pinned:
            raise _TurnedBackError
        self.pinned.add(candidate[0])

    def rejecting_candidate(self, criterion: object, candidate: Pin) -> None:
        raise _TurnedBackError

    def resolving_conflicts(self, causes: object) -> None:
        raise _TurnedBackError


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
        return [edge for edge in self.problem.edges(number, position) if edge.requires]
