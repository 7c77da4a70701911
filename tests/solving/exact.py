"""A second opinion on compiled problems, by SAT: satisfiability, conflicts, the optimum."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product

from pysat.solvers import Cadical153

from ckpm.resolve.problem import Edges, Problem, bits
from ckpm.resolve.trail import ROOT, Asked, Barred, Fact

MAX_NODES = 300


class TooLargeError(Exception):
    """Expanded whole, the problem has more nodes than a quick second opinion is for."""


class Exact:
    """One problem, expanded whole; each fact holds only where it is selected."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.numbers: dict[object, int] = {}
        self.facts: dict[Fact, int] = {}
        self.clauses = [*self._of_edges(ROOT, 0, problem.roots)]
        for node in self._nodes():
            count = len(problem.nodes[node].candidates)
            chosen = [self._chosen(node, position) for position in range(count)]
            self.clauses += [[-a, -b] for i, a in enumerate(chosen) for b in chosen[:i]]
            for position in range(count):
                self.clauses += self._of_edges(node, position, problem.edges(node, position))
        self.clauses += self._of_nogoods()
        self.solver = Cadical153(bootstrap_with=self.clauses)

    def is_satisfiable(self, facts: Collection[Fact] | None = None) -> bool:
        """Return whether some of the facts, or all, can hold together."""
        selected = self.facts if facts is None else {fact: self.facts[fact] for fact in facts}
        return bool(self.solver.solve(assumptions=list(selected.values())))

    def optimum(self) -> dict[int, int]:
        """Return the lexicographic optimum by asking candidate by candidate, breadth-first."""
        fixed = list(self.facts.values())
        answer: dict[int, int] = {}
        waiting = [edge.node for edge in self.problem.roots if edge.requires]
        for node in waiting:
            if node in answer:
                continue
            answer[node] = self._best(node, fixed)
            fixed.append(self._chosen(node, answer[node]))
            edges = self.problem.edges(node, answer[node])
            waiting += [edge.node for edge in edges if edge.requires]
        return answer

    def _best(self, node: int, fixed: list[int]) -> int:
        for position in range(len(self.problem.nodes[node].candidates)):
            if self.solver.solve(assumptions=[*fixed, self._chosen(node, position)]):
                return position
        raise AssertionError("no candidate leads to an answer, and yet there is one")

    def _nodes(self) -> Iterator[int]:
        """Yield every node; new ones appear while the edges of those before are read."""
        node = 0
        while node < len(self.problem.nodes):
            if node > MAX_NODES:
                raise TooLargeError
            yield node
            node += 1

    def _of_edges(self, source: int, position: int, edges: Edges) -> Iterator[list[int]]:
        unless = [] if source == ROOT else [-self._chosen(source, position)]
        for edge in edges:
            off = [-self._fact(Asked(source, edge.node)), *unless]
            count = len(self.problem.nodes[edge.node].candidates)
            if edge.requires:
                yield [*off, *(self._chosen(edge.node, i) for i in bits(edge.mask))]
            for other in range(count):
                if not edge.mask >> other & 1:
                    yield [*off, -self._chosen(edge.node, other)]

    def _of_nogoods(self) -> Iterator[list[int]]:
        for number, nogood in enumerate(self.problem.nogoods):
            off = -self._fact(Barred(number))
            for chosen in product(*(bits(mask) for _, mask in nogood)):
                pairs = zip((node for node, _ in nogood), chosen, strict=True)
                yield [off, *(-self._chosen(node, position) for node, position in pairs)]

    def _chosen(self, node: int, position: int) -> int:
        return self._number((node, position))

    def _fact(self, fact: Fact) -> int:
        return self.facts.setdefault(fact, self._number(("fact", fact)))

    def _number(self, key: object) -> int:
        return self.numbers.setdefault(key, len(self.numbers) + 1)
