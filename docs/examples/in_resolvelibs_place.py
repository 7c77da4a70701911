"""resolvelib's interface with ckpm's exact core behind it, for programs that have a provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from itertools import pairwise, repeat
from typing import Any, TypeAlias

from resolvelib import AbstractProvider, AbstractResolver, BaseReporter
from resolvelib.resolvers import (
    Criterion,
    RequirementInformation,
    ResolutionImpossible,
    ResolutionTooDeep,
    ResolverException,
    Result,
)
from resolvelib.structs import DirectedGraph, IteratorMapping, State, build_iter_view

from ckpm.resolve.conflict import minimal_conflict
from ckpm.resolve.core import SearchStoppedError, solve
from ckpm.resolve.problem import Edge, Key, Node, Problem
from ckpm.resolve.trail import ROOT

# What these are is the provider's business. The first can be hashed, the others compared.
Identifier: TypeAlias = Any
Requirement: TypeAlias = Any
Candidate: TypeAlias = Any
Causes: TypeAlias = list[RequirementInformation]


@dataclass(eq=False)
class Want:
    """A requirement, and what is found for it where nothing else is required, the best first."""

    identifier: Identifier
    requirement: Requirement
    offers: list[Offer]


@dataclass(eq=False)
class Offer:
    """A candidate, and what it needs once that was asked for."""

    candidate: Candidate
    needs: list[Want] | None = None


class Told:
    """What the provider has told so far; it is asked for nothing twice."""

    def __init__(self, provider: AbstractProvider, reporter: BaseReporter) -> None:
        self.provider = provider
        self.reporter = reporter
        self.wants: dict[Identifier, list[Want]] = {}
        self.offers: dict[Identifier, list[Offer]] = {}

    def want(self, requirement: Requirement, parent: Candidate | None = None) -> Want:
        self.reporter.adding_requirement(requirement=requirement, parent=parent)
        identifier = self.provider.identify(requirement_or_candidate=requirement)
        wants = self.wants.setdefault(identifier, [])
        same = [want for want in wants if want.requirement == requirement]
        return same[0] if same else self.find(identifier, requirement)

    def find(self, identifier: Identifier, requirement: Requirement) -> Want:
        matches = self.provider.find_matches(
            identifier=identifier,
            requirements=IteratorMapping({identifier: [requirement]}, iter),
            incompatibilities=IteratorMapping({identifier: []}, iter),
        )
        offers = [self.offer(identifier, candidate) for candidate in build_iter_view(matches)]
        want = Want(identifier, requirement, list(dict.fromkeys(offers)))
        self.wants[identifier].append(want)
        return want

    def offer(self, identifier: Identifier, candidate: Candidate) -> Offer:
        offers = self.offers.setdefault(identifier, [])
        for offer in offers:
            if offer.candidate == candidate:
                return offer
        offers.append(Offer(candidate))
        return offers[-1]

    def needs(self, offer: Offer) -> list[Want]:
        if offer.needs is None:
            needs = self.provider.get_dependencies(candidate=offer.candidate)
            offer.needs = [self.want(need, offer.candidate) for need in needs]
        return offer.needs

    def ordered(self, identifier: Identifier) -> tuple[Offer, ...]:
        """Return all candidates, in an order that agrees with what each requirement found."""
        order = TopologicalSorter(dict.fromkeys(self.offers.get(identifier, []), ()))
        for want in self.wants[identifier]:
            for better, worse in pairwise(want.offers):
                order.add(worse, better)
        return tuple(order.static_order())


class Attempt:
    """ckpm's problem over what was told until now; what comes up on the way is for the next."""

    def __init__(self, told: Told, wants: Iterable[Want]) -> None:
        self.told = told
        self.numbers: dict[Identifier, int] = {}
        self.offers: list[tuple[Offer, ...]] = []
        self.edges: dict[Want, Edge] = {}
        self.problem = Problem((), [], expand=self.expand)
        self.problem.roots = tuple(map(self.edge, wants))

    def expand(self, node: int, position: int) -> tuple[Edge, ...]:
        return tuple(map(self.edge, self.told.needs(self.offers[node][position])))

    def edge(self, want: Want) -> Edge:
        if want not in self.edges:
            node = self.node(want.identifier)
            fits = partial(self.told.provider.is_satisfied_by, requirement=want.requirement)
            positions = enumerate(self.problem.nodes[node].candidates)
            mask = sum(1 << n for n, candidate in positions if fits(candidate=candidate))
            self.edges[want] = Edge(want.requirement, node, mask)
        return self.edges[want]

    def node(self, identifier: Identifier) -> int:
        number = self.numbers.setdefault(identifier, len(self.numbers))
        if number == len(self.offers):
            self.offers.append(self.told.ordered(identifier))
            candidates: tuple[Candidate, ...] = tuple(o.candidate for o in self.offers[number])
            node = Node(Key(identifier, ""), candidates, [None] * len(candidates))
            self.problem.nodes.append(node)
        return number

    def knew_all(self) -> bool:
        return self.offers == [self.told.ordered(identifier) for identifier in self.numbers]


class Resolver(AbstractResolver):
    """Takes the place of ``resolvelib.Resolver``."""

    base_exception = ResolverException

    def resolve(self, requirements: Iterable[Requirement], max_rounds: int = 100) -> Result:
        self.reporter.starting()
        told = Told(self.provider, self.reporter)
        wants = [told.want(requirement) for requirement in requirements]
        for _ in range(max_rounds):
            attempt = Attempt(told, wants)
            try:
                answer = solve(attempt.problem, max_conflicts=max_rounds)
            except SearchStoppedError:
                break
            why = causes(attempt.problem) if answer is None else []
            if attempt.knew_all():
                return self.ended(attempt.problem, answer, why)
        raise ResolutionTooDeep(max_rounds)

    def ended(self, problem: Problem, answer: Mapping[int, int] | None, why: Causes) -> Result:
        if answer is None:
            raise ResolutionImpossible(why)
        made = result(problem, answer)
        for candidate in made.mapping.values():
            self.reporter.pinning(candidate=candidate)
        self.reporter.ending(state=State(made.mapping, made.criteria, []))
        return made


def causes(problem: Problem) -> Causes:
    """Return what is asked where a minimal conflict ends."""
    facts = minimal_conflict(problem).asked
    ends = {target for _, target in facts} - {source for source, _ in facts}
    asked: list[Any] = [(ROOT, None, problem.roots)]
    for number, node in enumerate(problem.nodes):
        asked += zip(repeat(number), node.candidates, node.edges, strict=False)
    return [
        RequirementInformation(edge.requirement, parent)
        for source, parent, edges in asked
        for edge in edges or ()
        if (source, edge.node) in facts and (edge.node in ends or not ends)
    ]


def result(problem: Problem, answer: Mapping[int, int]) -> Result:
    """Return the answer as resolvelib does; of a criterion's candidates only the chosen one."""
    asking: list[Any] = [(None, None, problem.roots)]
    for number, position in answer.items():
        node = problem.nodes[number]
        edges = problem.edges(number, position)
        asking.append((node.key.name, node.candidates[position], edges))
    mapping = {name: candidate for name, candidate, _ in asking[1:]}
    information: dict[Identifier, Causes] = {name: [] for name in mapping}
    graph: DirectedGraph[Identifier] = DirectedGraph()
    for name, *_ in asking:
        graph.add(name)
    for name, candidate, edges in asking:
        for edge in edges:
            needed = problem.nodes[edge.node].key.name
            graph.connect(name, needed)
            information[needed].append(RequirementInformation(edge.requirement, candidate))
    criteria = {name: Criterion([mapping[name]], information[name], []) for name in mapping}
    return Result(mapping, graph, criteria)


Packages: TypeAlias = Mapping[str, Mapping[int, Mapping[str, Sequence[int]]]]


class Shelf(AbstractProvider):
    """A provider like any other: packages by name and version, each with what it needs."""

    def __init__(self, packages: Packages) -> None:
        self.packages = packages

    def identify(self, requirement_or_candidate: Requirement | Candidate) -> Identifier:
        return requirement_or_candidate[0]

    def get_preference(self, identifier: Identifier, **_: object) -> Identifier:
        return identifier

    def find_matches(
        self, identifier: Identifier, requirements: Mapping, incompatibilities: Mapping
    ) -> Iterator[Candidate]:
        bad = list(incompatibilities[identifier])
        for version in sorted(self.packages.get(identifier, ()), reverse=True):
            fits = all(version in versions for _, versions in requirements[identifier])
            if fits and (identifier, version) not in bad:
                yield identifier, version

    def is_satisfied_by(self, requirement: Requirement, candidate: Candidate) -> bool:
        return candidate[1] in requirement[1]

    def get_dependencies(self, candidate: Candidate) -> Iterable[Requirement]:
        name, version = candidate
        return self.packages[name][version].items()


PACKAGES: Packages = {
    "app": {2: {"detector": [1, 3]}},
    "detector": {3: {"runtime": [3]}, 1: {}},
    "runtime": {3: {"kernels": [1]}},
    "kernels": {1: {"detector": [2]}},
}

if __name__ == "__main__":
    resolver = Resolver(Shelf(PACKAGES), BaseReporter())
    print(resolver.resolve([("app", [1, 2])]).mapping)
    try:
        resolver.resolve([("app", [2]), ("detector", [3])])
    except ResolutionImpossible as error:
        for requirement, parent in error.causes:
            print(parent or "the caller", "needs", requirement)
