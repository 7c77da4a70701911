"""Nogoods: combinations that cannot be, given or learnt from conflicts.

A nogood is a set of literals that must not all hold. From a conflict one is derived that explains
it by a single literal of the latest decision (the first unique implication point; Marques-Silva and
Sakallah, "GRASP", 1996), with literals over sets of candidates instead of single values, so that
one nogood stands for whole ranges of versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from ckpm.resolve.trail import Barred, Fact, Literal, Reason, Trail


class Nogood:
    """Literals that must not all hold; the first two are watched.

    ``parents`` are the reasons that a learnt one was derived from, and ``ground`` the literals that
    were left out of it because they hold whatever is decided. ``number`` is a given one's position
    in the problem.
    """

    __slots__ = ("ground", "literals", "number", "parents")

    def __init__(
        self,
        literals: list[Literal],
        parents: list[Reason] | None = None,
        ground: list[Literal] | None = None,
        number: int = -1,
    ) -> None:
        self.literals = literals
        self.parents = parents or []
        self.ground = ground or []
        self.number = number

    @property
    def fact(self) -> Fact:
        """Its own fact when it was given; a learnt one is part of none."""
        return Barred(self.number)

    def explain(self, node: int, removed: int) -> list[Literal]:
        """Return the other literals: while they hold, the node's own cannot."""
        return [literal for literal in self.literals if literal[0] != node]


class Learner:
    """Derives a nogood from a conflict: a node whose domain has become empty."""

    def __init__(self, trail: Trail, conflict: int) -> None:
        self.trail = trail
        self.masks: dict[int, int] = {}
        self.latest: list[tuple[int, int]] = []
        self.parents: list[Reason] = []
        self.ground: list[Literal] = []
        self.add(conflict, 0)

    def add(self, node: int, mask: int) -> None:
        """Take a literal into the nogood; one of the same node is joined with it."""
        mask &= self.masks.pop(node, -1)
        entry = self.trail.established(node, mask)
        if entry < 0:
            return
        if not self.trail.levels[entry]:
            self.ground.append((node, mask))
            return
        self.masks[node] = mask
        heappush(self.latest, (-entry, node))

    def learn(self) -> tuple[Nogood, int] | None:
        """Return the nogood and the level at which it leaves one thing to do.

        ``None`` means that the conflict holds whatever is decided.
        """
        for entry in self.entries():
            node, before = self.trail.nodes[entry], self.peek()
            level = self.trail.levels[before] if before >= 0 else 0
            # An empty domain is what is to be explained, and explains nothing itself.
            if self.masks[node] and level < self.trail.levels[entry]:
                literals = [(node, self.masks.pop(node)), *self.masks.items()]
                return Nogood(literals, self.parents, self.ground), level
            self.resolve(entry)
        return None

    def entries(self) -> Iterator[int]:
        """Yield the latest narrowing that established a literal, until none is left."""
        while (entry := self.peek()) >= 0:
            top = self.latest[0]
            while self.latest and self.latest[0] == top:
                heappop(self.latest)
            yield entry

    def peek(self) -> int:
        while self.latest:
            entry, node = -self.latest[0][0], self.latest[0][1]
            if node in self.masks and self.trail.established(node, self.masks[node]) == entry:
                return entry
            heappop(self.latest)
        return -1

    def resolve(self, entry: int) -> None:
        """Replace the literal that a narrowing established by the reasons for that."""
        node, old, reason = (
            self.trail.nodes[entry], self.trail.olds[entry], self.trail.reasons[entry]
        )  # fmt: skip
        mask = self.masks.pop(node)
        self.parents.append(reason)
        self.add(node, mask | old)
        for other, needed in reason.explain(node, old & ~mask):
            self.add(other, needed)


def proof(trail: Trail, learner: Learner) -> Iterator[Reason]:
    """Yield every given reason behind a conflict that holds whatever is decided."""
    seen: set[int] = set()
    waiting: list[Reason] = list(learner.parents)
    literals = list(learner.ground)
    settled: dict[Literal, bool] = {}
    while waiting or literals:
        while literals:
            literal = literals.pop()
            if literal in settled:
                continue
            settled[literal] = True
            reasons, more = _behind(trail, literal)
            waiting += reasons
            literals += more
        if waiting:
            reason = waiting.pop()
            if id(reason) in seen:
                continue
            seen.add(id(reason))
            if isinstance(reason, Nogood) and reason.number < 0:
                waiting += reason.parents
                literals += reason.ground
            else:
                yield reason


def _behind(trail: Trail, literal: Literal) -> tuple[list[Reason], list[Literal]]:
    """Return the reasons and literals that together established one before any decision."""
    node, mask = literal
    entry = trail.established(node, mask)
    if entry < 0:
        return [], []
    reason, old = trail.reasons[entry], trail.olds[entry]
    return [reason], [(node, mask | old), *reason.explain(node, old & ~mask)]


def order_watches(trail: Trail, literals: Iterable[Literal]) -> list[Literal]:
    """Return the literals with those first that do not hold yet, or hold since the latest."""

    def key(literal: Literal) -> int:
        node, mask = literal
        if trail.domains[node] & ~mask:
            return -1 << 60
        return -trail.established(node, mask)

    return sorted(literals, key=key)
