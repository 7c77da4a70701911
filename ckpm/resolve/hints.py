"""Hints: what would open the way, each tried before it is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ckpm.errors import Remedy
from ckpm.model.ranges import ANY, Clause, VersionRange
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate
from ckpm.resolve.core import Answer, Core, SearchStoppedError
from ckpm.resolve.problem import Edge, Problem
from ckpm.resolve.supply import Supply
from ckpm.resolve.trail import ROOT, Asked

MAX_CONFLICTS = 500
"""What trying one hint may cost."""

MAX_HINTS = 4


def remedies(problem: Problem, supply: Supply, asked: Sequence[Asked]) -> list[Remedy]:
    """Return what would help against a conflict, the least change first.

    ``asked`` is what in it nodes ask of each other. What is tried keeps to every nogood.
    """
    tried = _Tried(problem, supply, asked)
    found = [*tried.facts_to_state(), *tried.other_versions(), *tried.other_options()]
    return (found or list(tried.apart()))[:MAX_HINTS]


@dataclass
class _Tried:
    problem: Problem
    supply: Supply
    asked: Sequence[Asked]

    def facts_to_state(self) -> Iterator[Remedy]:
        """A fact of the target that is too low, or that nobody stated."""
        for node in sorted({target for _, target in self.asked}):
            key, candidates = self.problem.nodes[node].key, self.problem.nodes[node].candidates
            stated = self.supply.stated(key.name, key.scope)
            if any(candidate.origin != "fact" for candidate in candidates):
                continue
            if stated and self.solved(self.problem, _AllBut(node)) is not None:
                more = self.direction(node) if candidates else "a"
                text = f"if the target has {more} `{key.name}`, say so: `{stated}`"
                yield Remedy("fact", text, key.name)

    def direction(self, node: int) -> str:
        """In which direction the stated version would have to move."""
        candidate = self.problem.nodes[node].candidates[0]
        missed = {
            clause.operator[0]
            for source, target in self.asked
            if target == node
            for clause in self.clauses(source, target)
            if candidate.version not in VersionRange((clause,))
        }
        return {">": "a newer", "<": "an older"}.get("".join(missed), "another")

    def clauses(self, source: int, target: int) -> Iterator[Clause]:
        """Yield every bound that a node, or the request, sets to another one."""
        problem = self.problem
        positions = range(len(problem.nodes[source].candidates)) if source >= 0 else ()
        below = (edge for position in positions for edge in problem.edges(source, position))
        for edge in problem.roots if source == ROOT else below:
            if edge.node == target:
                yield from edge.requirement.range.clauses

    def other_versions(self) -> Iterator[Remedy]:
        """For each thing asked for, the best version that works with the rest."""
        for edge in self.roots():
            wanted = edge.requirement
            if not wanted.range.clauses:
                continue
            yield from self.prereleases(edge)
            loose = replace(wanted, range=ANY)
            chosen = self.chosen_with(edge, loose)
            # Of what stands in for a virtual package, the version says nothing here.
            if chosen is not None and chosen.package == wanted.package:
                yield Remedy("version", f"`{_exactly(loose, chosen)}` would work here", str(wanted))

    def prereleases(self, edge: Edge) -> Iterator[Remedy]:
        wanted = edge.requirement
        for candidate in self.problem.nodes[edge.node].candidates:
            if candidate.version.is_prerelease and candidate.version in wanted.range:
                exact = _exactly(wanted, candidate)
                if self.chosen_with(edge, exact) is not None:
                    text = f"only pre-releases are in that range: `{exact}` asks for one"
                    yield Remedy("prerelease", text, str(wanted))
                return

    def other_options(self) -> Iterator[Remedy]:
        for edge in self.roots():
            wanted = edge.requirement
            loose = replace(wanted, options=())
            if wanted.options and (chosen := self.chosen_with(edge, loose)) is not None:
                names = {name for name, _ in wanted.options}
                options = tuple(option for option in chosen.options if option[0] in names)
                text = f"`{replace(wanted, options=options)}` would work here"
                yield Remedy("option", text, str(wanted))

    def apart(self) -> Iterator[Remedy]:
        """What works without one of the things asked for."""
        for edge in self.roots():
            others = tuple(other for other in self.problem.roots if other is not edge)
            if others and self.solved(replace(self.problem, roots=others)) is not None:
                text = f"the rest works without `{edge.requirement}`"
                yield Remedy("apart", text, str(edge.requirement))

    def roots(self) -> Iterator[Edge]:
        for edge in self.problem.roots:
            if Asked(ROOT, edge.node) in self.asked and edge.requires:
                yield edge

    def chosen_with(self, edge: Edge, changed: Requirement) -> Candidate | None:
        """Return what is chosen for a root when it asks for something else; ``None`` for no way."""
        other = self.problem.ask(changed)
        roots = tuple(other if root is edge else root for root in self.problem.roots)
        problem = replace(self.problem, roots=roots)
        answer = self.solved(problem)
        if answer is None:
            return None
        node = problem.settled(answer, other.node)
        return problem.nodes[node].candidates[answer[node]]

    @staticmethod
    def solved(problem: Problem, facts: _AllBut | None = None) -> Answer | None:
        try:
            return Core(problem, facts=facts, max_conflicts=MAX_CONFLICTS).solve()
        except SearchStoppedError:
            return None


class _AllBut:
    """All facts but what is asked of one node."""

    def __init__(self, node: int) -> None:
        self.node = node

    def __contains__(self, fact: object) -> bool:
        return not (isinstance(fact, Asked) and fact.target == self.node)


def _exactly(requirement: Requirement, candidate: Candidate) -> Requirement:
    return replace(requirement, package=candidate.package).exactly(str(candidate.version))
