"""The problem: nodes, candidates and edges with integer masks.

A node is something of which exactly one candidate is chosen when anything needs it: a package in a
scope, one coexisting variant of it, or a *choice* (a virtual package, or a package whose variant is
left open), each candidate of which stands for one real candidate and needs exactly that. An edge
says which candidates of another node will do, as a mask: bit *i* is candidate *i*, the preferred
one being bit 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import Candidate, Nogood
from ckpm.model.scopes import scope_text

Edges = tuple["Edge", ...]
Expand = Callable[[int, int], Edges]
Pairs = tuple[tuple[int, int], ...]

MAX_TOOL_DEPTH = 6
"""Tools have tools of their own; so deep, somebody needs itself without end."""


def _knows_nothing(*question: object) -> NoReturn:
    raise LookupError(f"nobody was named who could answer {question}")


@dataclass(frozen=True, slots=True)
class Key:
    """The identity of a node: one variant of a package, or an open choice among several."""

    name: str
    scope: str
    variant: Options = ()
    is_open: bool = False

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.variant)
        where = f" ({scope_text(self.scope)})" if self.scope else ""
        return f"{self.name}{':' + options if options else ''}{where}"


@dataclass(slots=True)
class Edge:
    """``requirement`` is met by the candidates of ``node`` in ``mask``.

    One that does not require only says what will do if the node is chosen at all: a conflict or a
    constraint.
    """

    requirement: Requirement
    node: int
    mask: int
    requires: bool = True


@dataclass(slots=True)
class Node:
    """One key with its candidates and, for each that was asked for, its edges."""

    key: Key
    candidates: Sequence[Candidate]
    edges: list[Edges | None] = field(default_factory=list)

    @property
    def is_choice(self) -> bool:
        """Whether its candidates only stand for those of other nodes."""
        return self.key.is_open

    @property
    def full_mask(self) -> int:
        """All candidates."""
        return (1 << len(self.candidates)) - 1


@dataclass(slots=True)
class Problem:
    """The part of the world that the requirements reach; it grows as edges are asked for.

    A nogood is a tuple of (node, mask): not all of these nodes may be chosen within these masks.
    ``stated`` has what each was compiled from. ``ask`` compiles one more requirement of the target
    scope.
    """

    roots: Edges
    nodes: list[Node]
    nogoods: list[Pairs] = field(default_factory=list)
    stated: dict[Pairs, Nogood] = field(default_factory=dict)
    expand: Expand = _knows_nothing
    ask: Callable[[Requirement], Edge] = _knows_nothing

    def edges(self, node: int, position: int) -> Edges:
        """Return what one candidate asks of other nodes; known ones are not asked for again."""
        known = self.nodes[node].edges[position]
        if known is None:
            known = self.nodes[node].edges[position] = self.expand(node, position)
        return known

    def settled(self, answer: dict[int, int], node: int) -> int:
        """Follow choices to the node of the real candidate."""
        while self.nodes[node].is_choice:
            node = self.edges(node, answer[node])[0].node
        return node


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the set bits, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
