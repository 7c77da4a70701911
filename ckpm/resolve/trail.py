"""The trail: what each node can still be, and every narrowing of that in order.

A *literal* ``(node, mask)`` says that the node's candidate lies in the mask. It is *established* by
the narrowing after which the domain lies within the mask. A node that nothing has to choose can
also be absent, which is one more bit above its candidates.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, Protocol

Literal = tuple[int, int]

ROOT = -1
"""Stands for a node that asks: the request."""


class Asked(NamedTuple):
    """All that the candidates of one node, or the request, ask of another."""

    source: int
    target: int


@dataclass(frozen=True, slots=True, order=True)
class Barred:
    """A nogood of the problem, by its position; no pair, lest it is read as one of nodes."""

    number: int


Fact = Asked | Barred
"""What a problem says in one piece."""


class Reason(Protocol):
    """Why a domain was narrowed."""

    @property
    def fact(self) -> Fact:
        """Which fact it is part of."""
        ...

    def explain(self, node: int, removed: int) -> list[Literal]:
        """Return literals, established before, that together remove these bits of a node."""
        ...


class Given:
    """A reason that needs no other: the request, or a decision."""

    __slots__ = ("fact",)

    def __init__(self, fact: Fact) -> None:
        self.fact = fact

    def explain(self, node: int, removed: int) -> list[Literal]:
        """Return nothing: it simply is so."""
        return []


DECISION = Given(Asked(ROOT, ROOT))


class Trail:
    """Domains with their history; narrowings are undone from the latest to the first."""

    __slots__ = ("changed", "domains", "history", "level", "levels", "nodes", "olds", "pending",
                 "reasons")  # fmt: skip

    def __init__(self) -> None:
        self.domains: list[int] = []
        self.history: list[list[int]] = []
        self.level = 0
        self.nodes: list[int] = []
        self.olds: list[int] = []
        self.reasons: list[Reason] = []
        self.levels: list[int] = []
        self.changed: deque[int] = deque()
        self.pending: set[int] = set()

    def grow(self, domain: int) -> None:
        """Add the next node."""
        self.domains.append(domain)
        self.history.append([])

    def narrow(self, node: int, domain: int, reason: Reason) -> bool:
        """Record that a node's domain is only this any more; false when nothing is left of it."""
        self.history[node].append(len(self.nodes))
        self.nodes.append(node)
        self.olds.append(self.domains[node])
        self.reasons.append(reason)
        self.levels.append(self.level)
        self.domains[node] = domain
        self.visit(node)
        return domain != 0

    def visit(self, node: int) -> None:
        """Have a node looked at again, once."""
        if node not in self.pending:
            self.pending.add(node)
            self.changed.append(node)

    def undo(self, level: int) -> None:
        """Take back every narrowing above a level."""
        while self.levels and self.levels[-1] > level:
            node = self.nodes.pop()
            self.history[node].pop()
            self.domains[node] = self.olds.pop()
            self.reasons.pop()
            self.levels.pop()
        self.changed.clear()
        self.pending.clear()
        self.level = level

    def established(self, node: int, mask: int) -> int:
        """Return which narrowing established a literal; -1 where it held from the start.

        The literal must hold.
        """
        for entry in reversed(self.history[node]):
            if self.olds[entry] & ~mask:
                return entry
        return -1
