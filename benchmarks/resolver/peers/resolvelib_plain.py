"""resolvelib: versions as bits, the package with the fewest candidates first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, Resolver

from benchmarks.resolver.index import Needs, Reader, Versions
from benchmarks.resolver.instances import Instance, Need, mask

NAME = "resolvelib"
DISTRIBUTION = "resolvelib"
WARM = "again"

Edge = tuple[str, int]
Pin = tuple[str, int]


class Provider(AbstractProvider[Edge, Pin, str]):
    """An edge is a package and the bits of the positions that will do."""

    def __init__(
        self,
        versions: Callable[[str], Sequence[str]],
        needs: Callable[[str, str], Sequence[Need]],
    ) -> None:
        self.versions, self.needs = versions, needs
        self.edges: dict[Pin, list[Edge]] = {}

    def edge(self, need: Need) -> Edge:
        """Compile one need."""
        return need[0], mask(need[1], len(self.versions(need[0])))

    def identify(self, requirement_or_candidate: Edge | Pin) -> str:
        return requirement_or_candidate[0]

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Pin],
        candidates: Mapping[str, Iterator[Pin]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> int:
        return sum(1 for _ in candidates[identifier])

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Edge]],
        incompatibilities: Mapping[str, Iterator[Pin]],
    ) -> Iterable[Pin]:
        bits = (1 << len(self.versions(identifier))) - 1
        for _, wanted in requirements[identifier]:
            bits &= wanted
        for _, position in incompatibilities[identifier]:
            bits &= ~(1 << position)
        return [(identifier, p) for p in range(bits.bit_length() - 1, -1, -1) if bits >> p & 1]

    def is_satisfied_by(self, requirement: Edge, candidate: Pin) -> bool:
        return bool(requirement[1] >> candidate[1] & 1)

    def get_dependencies(self, candidate: Pin) -> Iterable[Edge]:
        if candidate not in self.edges:
            name, position = candidate
            needs = self.needs(name, self.versions(name)[position])
            self.edges[candidate] = [self.edge(need) for need in needs]
        return self.edges[candidate]


def prepare(instance: Instance) -> tuple[Provider, Sequence[Need]]:
    none: dict[str, Sequence[Need]] = {}
    deps = instance.deps
    provider = Provider(
        lambda name: instance.packages[name],
        lambda name, version: deps.get(name, none).get(version, ()),
    )
    return provider, instance.root


def solve(prepared: tuple[Provider, Sequence[Need]]) -> dict[str, str] | None:
    provider, root = prepared
    resolver = Resolver(provider, BaseReporter[Edge, Pin, str]())
    try:
        found = resolver.resolve([provider.edge(need) for need in root], max_rounds=1_000_000)
    except ResolutionImpossible:
        return None
    return {name: provider.versions(name)[p] for name, (_, p) in found.mapping.items()}


def answer_from_index(
    versions: Versions, needs: Needs, roots: Sequence[str]
) -> dict[str, str] | None:
    reader = Reader(versions, needs)
    provider = Provider(reader.versions, reader.needs)
    return solve((provider, [reader.need(text) for text in roots]))
