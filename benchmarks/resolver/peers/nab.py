"""nab-resolver: PubGrub in Python, over positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nab_resolver.errors import ResolutionError, ResolutionTerminatedError
from nab_resolver.ranges import Range
from nab_resolver.resolver import BaseProvider, Resolver
from nab_resolver.types import RootRequirement

from benchmarks.resolver.index import Needs, Reader, Versions
from benchmarks.resolver.instances import Instance, Need

NAME = "nab-resolver"
DISTRIBUTION = "nab-resolver"
WARM = "again"


class Provider(BaseProvider[str, int]):
    """The newest version first; the package with the fewest versions first."""

    def __init__(
        self,
        versions: Callable[[str], Sequence[str]],
        needs: Callable[[str, str], Sequence[Need]],
    ) -> None:
        self.versions, self.needs = versions, needs
        self.read: dict[tuple[str, int], dict[str, Range[int]]] = {}

    def choose_version(self, package: str, version_range: Any) -> int | None:  # noqa: ANN401
        last = len(self.versions(package)) - 1
        return next((p for p in range(last, -1, -1) if p in version_range), None)

    def has_satisfying_version(self, package: str, version_range: Any) -> bool:  # noqa: ANN401
        return self.choose_version(package, version_range) is not None

    def get_dependencies(self, package: str, version: int) -> Mapping[str, Range[int]]:
        key = (package, version)
        if key not in self.read:
            merged: dict[str, Range[int]] = {}
            for target, spans in self.needs(package, self.versions(package)[version]):
                wanted = allowed(spans)
                merged[target] = merged[target] & wanted if target in merged else wanted
            self.read[key] = merged
        return self.read[key]

    def prioritize(
        self,
        package: str,
        version_range: Any,  # noqa: ANN401
        conflict_counts: Mapping[str, int],
        culprit_counts: Mapping[str, int] | None = None,
    ) -> tuple[int, int]:
        fitting = sum(p in version_range for p in range(len(self.versions(package))))
        return -conflict_counts.get(package, 0), fitting

    def widen_decision(self, package: str, version: int) -> Range[int] | None:
        wanted = self.get_dependencies(package, version)
        last = len(self.versions(package)) - 1
        low = high = version
        while low > 0 and self.get_dependencies(package, low - 1) == wanted:
            low -= 1
        while high < last and self.get_dependencies(package, high + 1) == wanted:
            high += 1
        return Range.between(low, high + 1) if high > low else None


def allowed(spans: Sequence[Sequence[int]]) -> Range[int]:
    """Return spans of positions as nab's range."""
    found: Range[int] = Range.empty()
    for low, high in spans:
        found |= Range.between(low, high) if low < high else Range.empty()
    return found


def prepare(instance: Instance) -> tuple[Provider, Sequence[Need]]:
    none: dict[str, Sequence[Need]] = {}
    deps = instance.deps
    provider = Provider(
        lambda name: instance.packages[name],
        lambda name, version: deps.get(name, none).get(version, ()),
    )
    return provider, instance.root


def solve(prepared: tuple[Provider, Sequence[Need]]) -> dict[str, str] | None:
    provider, _ = prepared
    try:
        pins = _resolve(prepared)
    except ResolutionTerminatedError:
        raise
    except ResolutionError:
        return None
    return {name: provider.versions(name)[p] for name, p in pins.items()}


def _resolve(prepared: tuple[Provider, Sequence[Need]]) -> dict[str, int]:
    provider, root = prepared
    requirements = [RootRequirement(name, allowed(spans)) for name, spans in root]
    return Resolver(provider).resolve(requirements)


def explain(prepared: tuple[Provider, Sequence[Need]]) -> list[str]:
    """nab words the report while it fails, so this is the whole solve again."""
    try:
        _resolve(prepared)
    except ResolutionError as error:
        return str(error).splitlines()
    return []


def answer_from_index(
    versions: Versions, needs: Needs, roots: Sequence[str]
) -> dict[str, str] | None:
    reader = Reader(versions, needs)
    provider = Provider(reader.versions, reader.needs)
    return solve((provider, [reader.need(text) for text in roots]))
