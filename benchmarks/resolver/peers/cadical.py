"""python-sat with CaDiCaL: any answer, not the preferred one; encoding counts as loading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pysat.solvers import Cadical153  # type: ignore[import-untyped]

from benchmarks.resolver.instances import Instance, Need, positions, pruned

NAME = "cadical"
DISTRIBUTION = "python-sat"
WARM = "first"

Prepared = tuple[Instance, dict[str, int], list[list[int]]]


def prepare(instance: Instance) -> Prepared:
    """Number the versions of everything reachable and write the clauses."""
    first: dict[str, int] = {}
    number = 1
    for name in instance.reachable():
        first[name] = number
        number += len(instance.packages[name])
    return instance, first, list(_clauses(instance, first, number))


def _clauses(instance: Instance, first: dict[str, int], free: int) -> Iterator[list[int]]:
    fitting: dict[Any, list[int]] = {}

    def variables(need: Need) -> list[int]:
        target, spans = need
        key = (target, tuple(map(tuple, spans)))
        if key not in fitting:
            count = len(instance.packages[target])
            fitting[key] = [first[target] + p for p in positions(spans, count)]
        return fitting[key]

    yield from (variables(need) for need in instance.root)
    for name, base in first.items():
        versions = range(len(instance.packages[name]))
        yield from _at_most_one([base + p for p in versions], free)
        free += len(versions)
        for p in versions:
            yield from ([-base - p, *variables(need)] for need in instance.needs(name, p))


def _at_most_one(literals: Sequence[int], free: int) -> Iterator[list[int]]:
    """The sequential encoding: one more variable for each version but the last."""
    for i, (literal, following) in enumerate(pairwise(literals)):
        yield [-literal, free + i]
        yield [-following, -free - i]
        if i + 2 < len(literals):
            yield [-free - i, free + i + 1]


def solve(prepared: Prepared) -> dict[str, str] | None:
    instance, first, clauses = prepared
    with Cadical153(bootstrap_with=clauses) as solver:
        if not solver.solve():
            return None
        model = solver.get_model()
    pins = {
        name: p
        for name, base in first.items()
        for p in range(len(instance.packages[name]))
        if model[base + p - 1] > 0
    }
    return pruned(instance, pins)
