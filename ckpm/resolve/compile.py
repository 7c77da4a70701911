"""Compile requirements into a problem, as far as anybody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from ckpm.model.ranges import ANY
from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import ANY_VERSION, Candidate, Nogood
from ckpm.model.scopes import TARGET_SCOPE
from ckpm.resolve.masks import Masks, versions_for
from ckpm.resolve.problem import MAX_TOOL_DEPTH, Edge, Edges, Key, Node, Pairs, Problem
from ckpm.resolve.supply import Supply


def compile_problem(
    requirements: Sequence[Requirement],
    supply: Supply,
    *,
    nogoods: Iterable[Nogood] = (),
    constraints: Sequence[Requirement] = (),
) -> Problem:
    """Compile the requirements; what they reach is compiled when it is asked for.

    A nogood is a set of (package, scope, version) that must not all be chosen together. A
    constraint holds for a package in the target scope if it is chosen at all.
    """
    compiler = _Compiler(supply, tuple(nogoods))
    for requirement in requirements:
        compiler.wanted.setdefault(requirement.package, []).append(requirement.options)
    for requirement in requirements:
        compiler.expect(requirement)
    required = [compiler.ask(requirement) for requirement in requirements]
    held = [edge for constraint in constraints for edge in compiler.held(constraint)]
    problem = compiler.problem
    problem.roots = (*required, *held)
    return problem


class _Compiler:
    def __init__(self, supply: Supply, nogoods: Sequence[Nogood]) -> None:
        self.supply = supply
        self.nogoods = nogoods
        self.wanted: dict[str, list[Options]] = {}
        self.problem = Problem((), [], expand=self.expand, ask=self.ask)
        self.numbers: dict[Key, int] = {}
        self.masks: list[Masks] = []
        self.edges: dict[tuple[str, Requirement], Edge] = {}
        self.known: dict[tuple[str, str], tuple[Candidate, ...]] = {}
        self.standing: dict[tuple[str, str], tuple[Candidate, ...]] = {}
        self.places: dict[int, dict[int, int]] = {}

    def expect(self, requirement: Requirement) -> None:
        """Note what a virtual package that is asked for will most likely be: it is wanted too."""
        name = requirement.package
        for candidate in self.provided(name, self.supply.scope(name, TARGET_SCOPE))[:1]:
            self.wanted.setdefault(candidate.package, [candidate.key_options])

    # edges

    def ask(self, requirement: Requirement) -> Edge:
        return self.needed(requirement, TARGET_SCOPE)

    def expand(self, number: int, position: int) -> Edges:
        node = self.problem.nodes[number]
        candidate = node.candidates[position]
        if node.is_choice:
            return (self.chosen(candidate),)
        wants = self.supply.wants(candidate)
        scope = candidate.scope
        return (
            *(self.needed(need, scope) for need in wants.needs),
            *(self.tool(tool, candidate) for tool in wants.tools),
            *(e for refused in wants.conflicts for e in self.refused(refused, scope, number)),
        )

    def needed(self, requirement: Requirement, scope: str) -> Edge:
        return self.edge(requirement, self.supply.scope(requirement.package, scope))

    def tool(self, requirement: Requirement, candidate: Candidate) -> Edge:
        shared = self.supply.scope(requirement.package, candidate.scope)
        scope = candidate.tool_scope if shared == candidate.scope else shared
        if scope.count("/") < MAX_TOOL_DEPTH:
            return self.edge(requirement, scope)
        return Edge(requirement, self.number(Key(requirement.package, scope), ()), 0)

    def edge(self, requirement: Requirement, scope: str) -> Edge:
        known = self.edges.get((scope, requirement))
        if known is None:
            number = self.node(requirement, scope)
            mask = self.masks[number].meeting(requirement)
            known = self.edges[scope, requirement] = Edge(requirement, number, mask)
        if known.requirement.origin == requirement.origin:
            return known
        return Edge(requirement, known.node, known.mask)

    def chosen(self, candidate: Candidate) -> Edge:
        number = self.variant(candidate.package, candidate.scope, candidate.key_options)
        if number not in self.places:
            # By identity: two installations of one version are equal and yet two.
            candidates = self.problem.nodes[number].candidates
            self.places[number] = {id(each): place for place, each in enumerate(candidates)}
        same = Requirement(candidate.package, ANY, candidate.key_options, origin="")
        return Edge(same, number, 1 << self.places[number][id(candidate)])

    def held(self, constraint: Requirement) -> Iterator[Edge]:
        for number in self.own_nodes(constraint.package, TARGET_SCOPE):
            mask = self.masks[number].meeting(constraint, with_prereleases=True)
            yield Edge(constraint, number, mask, requires=False)

    def refused(self, conflict: Requirement, scope: str, owner: int) -> Iterator[Edge]:
        """Yield what is left of every node of which some candidate would meet the conflict."""
        name = conflict.package
        scope = self.supply.scope(name, scope)
        for package in dict.fromkeys([name, *self.supply.providers(name)]):
            for number in self.own_nodes(package, scope):
                node = self.problem.nodes[number]
                hit = self.hit(node, name, conflict)
                if hit and number != owner:
                    yield Edge(conflict, number, node.full_mask & ~hit, requires=False)

    def hit(self, node: Node, name: str, conflict: Requirement) -> int:
        standing = [
            (position, candidate)
            for position, candidate in enumerate(node.candidates)
            if name == candidate.package or name in dict(candidate.provides)
        ]
        candidates = [candidate for _, candidate in standing]
        met = Masks(candidates, versions_for(name, candidates)).meeting(
            conflict, with_prereleases=True
        )
        return sum(1 << position for i, (position, _) in enumerate(standing) if met >> i & 1)

    # nodes

    def node(self, requirement: Requirement, scope: str) -> int:
        name = requirement.package
        candidates = self.candidates(name, scope)
        variants = dict.fromkeys(candidate.key_options for candidate in candidates)
        coexisting = {option for variant in variants for option, _ in variant}
        asked = tuple(option for option in requirement.options if option[0] in coexisting)
        if provided := self.provided(name, scope):
            return self.number(Key(name, scope, asked, is_open=True), (*candidates, *provided))
        if variants and asked not in variants:
            return self.number(Key(name, scope, asked, is_open=True), candidates)
        return self.variant(name, scope, asked)

    def own_nodes(self, package: str, scope: str) -> list[int]:
        """Return the nodes of a package's own candidates: one for each variant."""
        variants = dict.fromkeys(c.key_options for c in self.candidates(package, scope))
        return [self.variant(package, scope, variant) for variant in variants]

    def variant(self, package: str, scope: str, variant: Options) -> int:
        known = self.numbers.get(Key(package, scope, variant))
        if known is not None:
            return known
        same = tuple(c for c in self.candidates(package, scope) if c.key_options == variant)
        return self.number(Key(package, scope, variant), same)

    def candidates(self, package: str, scope: str) -> tuple[Candidate, ...]:
        key = (package, scope)
        if key not in self.known:
            self.known[key] = tuple(self.supply.candidates(package, scope))
        return self.known[key]

    def provided(self, virtual: str, scope: str) -> tuple[Candidate, ...]:
        key = (virtual, scope)
        if key not in self.standing:
            self.standing[key] = self.providing(virtual, scope)
        return self.standing[key]

    def providing(self, virtual: str, scope: str) -> tuple[Candidate, ...]:
        names = (name for name in self.supply.providers(virtual) if name != virtual)
        found = [
            candidate
            for name in names
            for candidate in self.candidates(name, scope)
            if virtual in dict(candidate.provides)
        ]
        return tuple(sorted(found, key=self.provider_rank))

    def provider_rank(self, candidate: Candidate) -> tuple[bool, bool, bool]:
        """Order providers: required anyway, there already, then as they come."""
        is_asked = candidate.package in self.wanted
        return (self.is_extra(candidate), not is_asked, not self.supply.is_found(candidate))

    def is_extra(self, candidate: Candidate) -> bool:
        """Whether a provider is another variant than all that are required anyway."""
        own = dict(candidate.key_options)
        wanted = self.wanted.get(candidate.package, [()])
        return not any(all(own.get(n, v) == v for n, v in options) for options in wanted)

    def number(self, key: Key, candidates: tuple[Candidate, ...]) -> int:
        known = self.numbers.get(key)
        if known is not None:
            return known
        number = self.numbers[key] = len(self.problem.nodes)
        self.problem.nodes.append(Node(key, candidates, [None] * len(candidates)))
        # Another variant may have the releases that this one has not.
        has_releases = any(
            not candidate.version.is_prerelease
            for candidate in (() if key.is_open else self.candidates(key.name, key.scope))
        )
        versions = versions_for(key.name, candidates)
        self.masks.append(Masks(candidates, versions, has_releases=has_releases))
        self.add_nogoods(key)
        return number

    # nogoods

    def add_nogoods(self, new: Key) -> None:
        """Add the nogoods whose last package has just become known."""
        for nogood in self.nogoods:
            if any((new.name, new.scope) == pin[:2] for pin in nogood):
                compiled = dict.fromkeys(self.pairs(sorted(nogood), new), nogood)
                self.problem.nogoods += compiled
                self.problem.stated |= compiled

    def pairs(self, pins: Sequence[tuple[str, str, str]], new: Key) -> Iterator[Pairs]:
        """Yield the nogood for each combination of variants that the new one is part of."""
        own = [
            [(number, mask) for key, number in self.numbers.items()
             if (key.name, key.scope) == (package, scope) and not key.is_open
             if (mask := self.of_version(number, version))]
            for package, scope, version in pins
        ]  # fmt: skip
        for pairs in product(*own):
            if self.numbers[new] in dict(pairs):
                yield pairs

    def of_version(self, number: int, version: str) -> int:
        """Return the mask of a node's candidates of one version, or of any."""
        candidates = self.problem.nodes[number].candidates
        fitting = (version in (ANY_VERSION, str(candidate.version)) for candidate in candidates)
        return sum(1 << i for i, fits in enumerate(fitting) if fits)
