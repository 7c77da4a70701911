"""Compile requirements into nodes, candidates and integer masks.

A node is something of which exactly one candidate is chosen when anything needs it: a package in a
scope, one coexisting variant of it, or a *choice* (a virtual package, or a package whose variant is
left open), each candidate of which stands for one real candidate and needs exactly that. An edge
says which candidates of another node will do, as a mask: bit *i* is candidate *i*, the preferred
one being bit 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ckpm.model.ranges import ANY
from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import ANY_VERSION, TARGET_SCOPE, Candidate, Nogood
from ckpm.resolve.offers import Offers


@dataclass(frozen=True, slots=True)
class Key:
    """The identity of a node; ``variant`` is ``None`` where the choice among variants is open."""

    name: str
    scope: str
    variant: Options | None = ()

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.variant or ())
        where = f" (tools of {self.scope})" if self.scope else ""
        return f"{self.name}{':' + options if options else ''}{where}"


@dataclass(frozen=True, slots=True)
class Edge:
    """``requirement`` is met by the candidates of ``node`` in ``mask``."""

    requirement: Requirement
    node: int
    mask: int


@dataclass(slots=True)
class Node:
    """One key with its candidates and, for each of them, its edges."""

    key: Key
    candidates: tuple[Candidate, ...]
    edges: list[tuple[Edge, ...]] = field(default_factory=list)
    is_choice: bool = False

    @property
    def full_mask(self) -> int:
        """All candidates."""
        return (1 << len(self.candidates)) - 1


@dataclass(slots=True)
class Problem:
    """The part of the world that the requirements reach."""

    roots: tuple[Edge, ...]
    nodes: list[Node]
    nogoods: tuple[tuple[tuple[int, int], ...], ...] = ()


def compile_problem(
    requirements: Sequence[Requirement], offers: Offers, nogoods: Iterable[Nogood] = ()
) -> Problem:
    """Compile everything that ``requirements`` reach.

    A nogood is a set of (package, scope, version) that must not all be chosen together.
    """
    compiler = _Compiler(offers, {r.package: r.options for r in requirements})
    roots = tuple(compiler.edge(requirement, TARGET_SCOPE) for requirement in requirements)
    compiler.expand_all()
    return Problem(roots, compiler.nodes, tuple(filter(None, map(compiler.nogood, nogoods))))


class _Compiler:
    def __init__(self, offers: Offers, wanted: Mapping[str, Options]) -> None:
        self.offers = offers
        self.wanted = wanted
        self.nodes: list[Node] = []
        self.numbers: dict[Key, int] = {}
        self.masks: dict[tuple[int, Requirement], int] = {}

    def edge(self, requirement: Requirement, scope: str) -> Edge:
        node = self.node(requirement, scope)
        key = (node, requirement)
        if key not in self.masks:
            self.masks[key] = self.mask(node, requirement)
        return Edge(requirement, node, self.masks[key])

    def node(self, requirement: Requirement, scope: str) -> int:
        candidates = self.offers.of(requirement.package, scope)
        if not candidates and (providing := self.providing(requirement.package, scope)):
            return self.number(Key(requirement.package, scope, None), providing)
        variants = dict.fromkeys(candidate.key_options for candidate in candidates)
        if list(variants) in ([], [()]):
            return self.number(Key(requirement.package, scope), candidates)
        names = {name for variant in variants for name, _ in variant}
        asked = tuple((name, value) for name, value in requirement.options if name in names)
        if asked not in variants:
            return self.number(Key(requirement.package, scope, None), candidates)
        return self.variant(requirement.package, scope, asked)

    def variant(self, package: str, scope: str, variant: Options) -> int:
        same = [c for c in self.offers.of(package, scope) if c.key_options == variant]
        return self.number(Key(package, scope, variant), tuple(same))

    def providing(self, virtual: str, scope: str) -> tuple[Candidate, ...]:
        names = self.offers.world.recipes.providers(virtual)
        first = sorted(names, key=lambda name: name not in self.wanted)
        found = [
            candidate
            for name in first
            for candidate in self.offers.of(name, scope)
            if virtual in dict(candidate.provides)
        ]
        return tuple(sorted(found, key=self.is_extra))

    def is_extra(self, candidate: Candidate) -> bool:
        """Whether a provider is another variant than the one that is required anyway."""
        asked = self.wanted.get(candidate.package, ())
        return any(name in dict(asked) and value != dict(asked)[name]
                   for name, value in candidate.key_options)  # fmt: skip

    def number(self, key: Key, candidates: tuple[Candidate, ...]) -> int:
        if key not in self.numbers:
            self.numbers[key] = len(self.nodes)
            self.nodes.append(Node(key, candidates, is_choice=key.variant is None))
        return self.numbers[key]

    def mask(self, number: int, requirement: Requirement) -> int:
        node = self.nodes[number]
        return sum(
            1 << i
            for i, candidate in enumerate(node.candidates)
            if _meets(candidate, requirement, node)
        )

    def expand_all(self) -> None:
        number = 0
        while number < len(self.nodes):
            node = self.nodes[number]
            make = self.chosen if node.is_choice else self.needed
            node.edges = [make(candidate) for candidate in node.candidates]
            number += 1

    def chosen(self, candidate: Candidate) -> tuple[Edge, ...]:
        number = self.variant(candidate.package, candidate.scope, candidate.key_options)
        same_key = self.nodes[number].candidates
        # By identity: two installations of one version are equal and yet two.
        position = next(i for i, other in enumerate(same_key) if other is candidate)
        same = Requirement(candidate.package, ANY, candidate.key_options, origin="")
        return (Edge(same, number, 1 << position),)

    def needed(self, candidate: Candidate) -> tuple[Edge, ...]:
        return (
            *(self.edge(need, candidate.scope) for need in candidate.needs),
            *(self.edge(tool, candidate.tool_scope) for tool in candidate.tools),
        )

    def nogood(self, pins: Nogood) -> tuple[tuple[int, int], ...]:
        """Return (node, mask) pairs; empty when a pin can no longer be chosen anyway."""
        pairs = [
            (number, mask)
            for package, scope, version in sorted(pins)
            for key, number in self.numbers.items()
            if (key.name, key.scope) == (package, scope) and key.variant is not None
            if (mask := self.versions(number, version))
        ]
        return tuple(pairs) if len(pairs) >= len(pins) else ()

    def versions(self, number: int, version: str) -> int:
        """Return the mask of a node's candidates of one version, or of any."""
        candidates = self.nodes[number].candidates
        fitting = (version in (ANY_VERSION, str(candidate.version)) for candidate in candidates)
        return sum(1 << i for i, fits in enumerate(fitting) if fits)


def _meets(candidate: Candidate, requirement: Requirement, node: Node) -> bool:
    if candidate.package != requirement.package:
        version = dict(candidate.provides)[node.key.name]
        return version in requirement.range
    version = candidate.version
    if version.is_prerelease and not _wants_prerelease(requirement, node):
        return False
    installation = candidate.installation
    if requirement.ability and installation and requirement.ability not in installation.abilities:
        return False
    return version in requirement.range and requirement.accepts(dict(candidate.options))


def _wants_prerelease(requirement: Requirement, node: Node) -> bool:
    if requirement.range.names_prerelease:
        return True
    return all(candidate.version.is_prerelease for candidate in node.candidates)
