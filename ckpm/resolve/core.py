"""The exact core: it finds the preferred answer, or proves that there is none.

It decides nodes in the order of preference, each with its best candidate: roots in the order given,
then breadth-first their needs. What a decision leaves of the other nodes is propagated both ways
along the edges. From each conflict a nogood is learnt, which says what must not be decided again.
Everything that is ruled out is so for a reason that lies in earlier decisions; the first answer
found is therefore the preferred one.

It is lazy: the needs of a candidate are asked for when it is decided, those of all candidates of a
package only when that package takes part in a conflict.
"""

from __future__ import annotations

from collections.abc import Container

from ckpm.resolve.deadline import ShouldStop, never
from ckpm.resolve.network import Network, Relation
from ckpm.resolve.nogoods import Learner, proof
from ckpm.resolve.problem import Problem
from ckpm.resolve.trail import DECISION, ROOT, Asked, Fact

Answer = dict[int, int]
"""The chosen candidate's position by node, breadth-first from what is required."""

MAX_CONFLICTS = 200_000
POLL_EVERY = 64


class SearchStoppedError(Exception):
    """The search was stopped or ran out of its budget: neither yes nor no.

    ``decided`` is the partial answer it had come to.
    """

    def __init__(self, decided: Answer) -> None:
        self.decided = decided
        super().__init__("stopped")


class Core:
    """One search over one problem; with ``facts``, only what these say holds."""

    def __init__(
        self,
        problem: Problem,
        *,
        facts: Container[Fact] | None = None,
        max_conflicts: int = MAX_CONFLICTS,
        should_stop: ShouldStop = never,
    ) -> None:
        self.network = Network(problem, facts)
        self.trail = self.network.trail
        self.max_conflicts = max_conflicts
        self.should_stop = should_stop
        self.steps = self.conflicts = 0
        self.queue: list[int] = []
        self.reached: set[int] = set()
        self.position = 0
        self.marks: list[tuple[int, int]] = []
        self.learner: Learner | None = None

    def solve(self) -> Answer | None:
        """Return the preferred answer, or ``None`` when there is none.

        Raises:
            SearchStoppedError: when the budget is spent or the caller stops it.
        """
        consistent = self.network.require() and self.network.propagate()
        self.start()
        while True:
            if not consistent:
                if not self.learn():
                    return None
                consistent = self.network.conflict < 0 and self.network.propagate()
            elif (node := self.next_node()) is None:
                return self.answer()
            else:
                self.decide(node)
                consistent = self.network.propagate()

    def conflict_facts(self) -> set[Fact]:
        """Return the facts that the proof of "no answer" rests on; nothing before there is one."""
        return (
            {reason.fact for reason in proof(self.trail, self.learner)} if self.learner else set()
        )

    def answer(self) -> Answer:
        """Return what is decided so far."""
        found = {node: self.trail.domains[node] for node in self.queue[: self.position]}
        return {node: domain.bit_length() - 1 for node, domain in found.items()}

    # deciding

    def start(self) -> None:
        """The walk begins with what is required."""
        for edge in self.network.problem.roots:
            facts = self.network.facts
            if edge.requires and (facts is None or Asked(ROOT, edge.node) in facts):
                self.reach(edge.node)

    def reach(self, node: int) -> None:
        """Put a node at the end of the walk, if it is new."""
        if node not in self.reached:
            self.reached.add(node)
            self.queue.append(node)

    def next_node(self) -> int | None:
        """Walk on through what is settled, breadth-first; return the first that is not."""
        while self.position < len(self.queue):
            node = self.queue[self.position]
            domain = self.trail.domains[node]
            if domain & (domain - 1):
                return node
            for edge in self.network.edges(node, domain.bit_length() - 1):
                if edge.requires:
                    self.reach(edge.node)
            self.position += 1
        return None

    def decide(self, node: int) -> None:
        """Take the best candidate left of a node."""
        self.poll()
        self.marks.append((self.position, len(self.queue)))
        self.trail.level += 1
        domain = self.trail.domains[node]
        self.trail.narrow(node, domain & -domain, DECISION)

    def poll(self) -> None:
        """Look now and then whether to go on."""
        self.steps += 1
        spent = self.conflicts > self.max_conflicts
        if spent or (self.steps % POLL_EVERY == 0 and self.should_stop()):
            raise SearchStoppedError(self.answer())

    # learning

    def learn(self) -> bool:
        """Learn from the conflict and go back to where that matters; false when nothing helps."""
        self.conflicts += 1
        self.poll()
        learner = Learner(self.trail, self.network.conflict)
        learnt = learner.learn()
        if learnt is None:
            self.learner = learner
            return False
        nogood, level = learnt
        self.back_to(level)
        self.network.conflict = -1
        if self.network.watch(nogood):
            # Packages in a conflict are worth knowing whole.
            involved = {r.source for r in nogood.parents if isinstance(r, Relation)}
            all(self.network.expand(n, self.trail.domains[n]) for n in sorted(involved))
        return True

    def back_to(self, level: int) -> None:
        """Take back all decisions above a level."""
        self.trail.undo(level)
        self.position, length = self.marks[level]
        self.reached.difference_update(self.queue[length:])
        del self.queue[length:]
        del self.marks[level:]


def solve(
    problem: Problem,
    *,
    max_conflicts: int = MAX_CONFLICTS,
    should_stop: ShouldStop = never,
) -> Answer | None:
    """Return the preferred answer, or ``None`` when there is none; see ``Core.solve``."""
    return Core(problem, max_conflicts=max_conflicts, should_stop=should_stop).solve()
