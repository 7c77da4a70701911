"""libsolv through its own Python bindings; loading is filling the pool from Python."""

from __future__ import annotations

from functools import reduce
from typing import Any

import solv  # type: ignore[import-untyped]

from benchmarks.resolver.instances import Instance, Need, Span, pruned

NAME = "libsolv"
DISTRIBUTION = "solv"
WARM = "first"

Prepared = tuple[Instance, Any, Any]


class Pool:
    """A pool in which the version at position *n* is called *n + 1*."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.pool = solv.Pool()
        self.pool.setdisttype(solv.Pool.DISTTYPE_RPM)
        self.pool.setarch("x86_64")
        self.repository = self.pool.add_repo("index")
        self.known: dict[Any, Any] = {}

    def dependency(self, need: Need) -> Any:  # noqa: ANN401
        """Return a need as libsolv's relation."""
        target, spans = need
        key = (target, tuple(map(tuple, spans)))
        if key not in self.known:
            name = self.pool.Dep(target)
            spans = [span for span in spans if span[0] < span[1]] or [(-2, -1)]
            parts = [self.span(name, target, span) for span in spans]
            self.known[key] = reduce(lambda left, right: left.Rel(solv.REL_OR, right), parts)
        return self.known[key]

    def span(self, name: Any, target: str, span: Span) -> Any:  # noqa: ANN401
        low, high = span
        parts = []
        if low != 0:
            parts.append(name.Rel(solv.REL_GT | solv.REL_EQ, self.pool.Dep(str(low + 1))))
        if high < len(self.instance.packages[target]):
            parts.append(name.Rel(solv.REL_LT, self.pool.Dep(str(high + 1))))
        return reduce(lambda left, right: left.Rel(solv.REL_WITH, right), parts) if parts else name

    def fill(self) -> None:
        """Add every version of everything reachable."""
        for name in self.instance.reachable():
            for position in range(len(self.instance.packages[name])):
                self.add(name, position)
        self.pool.addfileprovides()
        self.pool.createwhatprovides()

    def add(self, name: str, position: int) -> None:
        solvable = self.repository.add_solvable()
        solvable.name, solvable.evr, solvable.arch = name, str(position + 1), "noarch"
        itself = self.pool.Dep(name).Rel(solv.REL_EQ, self.pool.Dep(solvable.evr))
        solvable.add_deparray(solv.SOLVABLE_PROVIDES, itself)
        for need in self.instance.needs(name, position):
            solvable.add_deparray(solv.SOLVABLE_REQUIRES, self.dependency(need))


def prepare(instance: Instance) -> Prepared:
    pool = Pool(instance)
    pool.fill()
    install = solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE_PROVIDES
    jobs = [pool.pool.Job(install, pool.dependency(need).id) for need in instance.root]
    return instance, pool.pool, jobs


def solve(prepared: Prepared) -> dict[str, str] | None:
    instance, pool, jobs = prepared
    solver = pool.Solver()
    if solver.solve(jobs):
        return None
    chosen = solver.transaction().newsolvables()
    return pruned(instance, {solvable.name: int(solvable.evr) - 1 for solvable in chosen})


def explain(prepared: Prepared) -> list[str]:
    _, pool, jobs = prepared
    # The problems point into the solver, which has to outlive them.
    solver = pool.Solver()
    rules = [rule for problem in solver.solve(jobs) for rule in problem.findallproblemrules()]
    infos = [info for rule in rules for info in rule.allinfos()]
    return list(dict.fromkeys(info.problemstr() for info in infos))
