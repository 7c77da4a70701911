"""The exact core: depth-first search with propagation, in the order of preference.

The preferred answer is the lexicographic one: roots in the order given, then breadth-first their
needs in declared order, each with its best candidate that still leads to an answer. A search that
decides nodes in just that order, best candidate first, finds it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ckpm.resolve.problem import Edge, Problem

Allows = Callable[[int, Edge], bool]


class UndecidedError(Exception):
    """The search ran out of its budget of steps: neither yes nor no."""


@dataclass(slots=True)
class _Frame:
    """A decision: the node, its untried candidates, and the state before it."""

    position: int
    untried: int
    domains: list[int]
    queue: list[int]


def solve(
    problem: Problem,
    *,
    roots: tuple[Edge, ...] | None = None,
    enforced: Allows = lambda _node, _edge: True,
    max_steps: int = 200_000,
) -> dict[int, int] | None:
    """Return the preferred answer as node to candidate, or ``None`` when there is none.

    ``enforced(node, edge)`` can leave edges out, which is how conflicts are minimised.

    Raises:
        UndecidedError: after ``max_steps`` decisions.
    """
    search = _Search(problem, enforced)
    state = search.start(problem.roots if roots is None else roots)
    return None if state is None else search.run(*state, max_steps)


class _Search:
    def __init__(self, problem: Problem, enforced: Allows) -> None:
        self.problem = problem
        self.edges = [
            [tuple(e for e in edges if enforced(n, e)) for edges in node.edges]
            for n, node in enumerate(problem.nodes)
        ]

    def start(self, roots: tuple[Edge, ...]) -> tuple[list[int], list[int]] | None:
        domains = self.alive()
        queue: list[int] = []
        return (domains, queue) if self.require(roots, domains, queue) else None

    def alive(self) -> list[int]:
        """Return the masks of the candidates whose needs can be met at all."""
        domains = [node.full_mask for node in self.problem.nodes]
        changed = True
        while changed:
            changed = False
            for number, edges in enumerate(self.edges):
                kept = self.supported(domains[number], edges, domains)
                changed |= kept != domains[number]
                domains[number] = kept
        return domains

    def supported(self, mask: int, edges: list[tuple[Edge, ...]], domains: list[int]) -> int:
        kept = mask
        for position in bits(mask):
            if any(not edge.mask & domains[edge.node] for edge in edges[position]):
                kept &= ~(1 << position)
        return kept

    def require(self, edges: tuple[Edge, ...], domains: list[int], queue: list[int]) -> bool:
        """Narrow the nodes that ``edges`` need; false when one has no candidate left."""
        for edge in edges:
            domains[edge.node] &= edge.mask
            if not domains[edge.node]:
                return False
            if edge.node not in queue:
                queue.append(edge.node)
        return self.propagate(domains, queue)

    def propagate(self, domains: list[int], queue: list[int]) -> bool:
        changed = True
        while changed:
            changed = False
            for number in queue:
                kept = self.supported(domains[number], self.edges[number], domains)
                if not kept:
                    return False
                changed |= kept != domains[number]
                domains[number] = kept
        return not any(self.violated(nogood, domains, queue) for nogood in self.problem.nogoods)

    def violated(
        self, nogood: tuple[tuple[int, int], ...], domains: list[int], queue: list[int]
    ) -> bool:
        return all(n in queue and not domains[n] & ~mask for n, mask in nogood)

    def run(self, domains: list[int], queue: list[int], max_steps: int) -> dict[int, int] | None:
        frames = [_Frame(0, domains[queue[0]], domains, queue)] if queue else []
        for _ in range(max_steps):
            if not frames:
                return None if queue else {}
            frame = frames[-1]
            if not frame.untried:
                frames.pop()
                continue
            deeper = self.decide(frame)
            if deeper is None:
                continue
            if deeper.position == len(deeper.queue):
                return {n: deeper.domains[n].bit_length() - 1 for n in deeper.queue}
            frames.append(deeper)
        raise UndecidedError

    def decide(self, frame: _Frame) -> _Frame | None:
        """Try the best untried candidate; ``None`` when that fails at once."""
        number = frame.queue[frame.position]
        best = frame.untried & -frame.untried
        frame.untried ^= best
        domains, queue = frame.domains.copy(), frame.queue.copy()
        domains[number] = best
        if not self.require(self.edges[number][best.bit_length() - 1], domains, queue):
            return None
        position = frame.position + 1
        untried = domains[queue[position]] if position < len(queue) else 0
        return _Frame(position, untried, domains, queue)


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the set bits, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
