"""A large index in memory that is asked package by package, and what reads its requirements."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.resolver.instances import Answer, Instance, Need

Versions = Callable[[str], list[str]]
Needs = Callable[[str, str], list[str]]

FAMILY = 50
VERSIONS = 20
BAND = 4


@dataclass(frozen=True, slots=True)
class Index:
    """Packages that come lazily; ``versions`` gives them from the lowest to the highest."""

    id: str
    versions: Versions
    needs: Needs
    roots: Sequence[str]


def make_index(identifier: str, seed: int = 0) -> Index:
    """Return the index of a name such as ``index-10000`` or ``index-10000-open``."""
    parts = identifier.split("-")
    table = _table(int(parts[1]), random.Random(seed), is_open="open" in parts)  # noqa: S311
    listed = [str(v + 1) for v in range(VERSIONS)]
    missing: list[list[str]] = [[]] * (VERSIONS // BAND)
    return Index(
        identifier,
        lambda name: listed if name in table else [],
        lambda name, version: table.get(name, missing)[(int(version) - 1) // BAND],
        ["p0"],
    )


def _table(count: int, chance: random.Random, *, is_open: bool) -> dict[str, list[list[str]]]:
    """Families of fifty, spread over the index; each member needs the next one and two later ones.

    Where the index is open, old versions need members of other families too: an answer still has
    fifty packages, but nearly everything can be reached.
    """
    families = count // FAMILY
    table = {}
    for number in range(count):
        place, family = divmod(number, families)
        later = [place + 1, *(place + chance.randint(2, 9) for _ in range(2))]
        targets = [f"p{p * families + family}" for p in dict.fromkeys(later) if p < FAMILY]
        bands = [_needs(targets, band, chance) for band in range(VERSIONS // BAND)]
        for band in bands[: 2 if is_open else 0]:
            band.append(f"p{chance.randrange(count)}")
        table[f"p{number}"] = bands
    return table


def _needs(targets: Sequence[str], band: int, chance: random.Random) -> list[str]:
    """Everything at one version always fits together."""
    low, high = band * BAND + 1, (band + 1) * BAND
    texts = []
    for target in targets:
        bound = f",<{high + chance.randint(1, 4)}" if chance.random() < 0.25 else ""
        texts.append(f"{target}>={max(1, low - chance.randint(0, 4))}{bound}")
    return texts


class Reader:
    """Reads ``p17>=3,<9`` into positions; each text and each package once."""

    def __init__(self, versions: Versions, needs: Needs) -> None:
        self._versions, self._needs = versions, needs
        self._listed: dict[str, list[str]] = {}
        self._read: dict[str, Need] = {}

    def versions(self, name: str) -> list[str]:
        """Return a package's versions from the lowest to the highest."""
        if name not in self._listed:
            self._listed[name] = self._versions(name)
        return self._listed[name]

    def needs(self, name: str, version: str) -> list[Need]:
        """Return what one version needs."""
        return [self.need(text) for text in self._needs(name, version)]

    def need(self, text: str) -> Need:
        """Return one requirement; the only operators here are ``>=`` and ``<``."""
        if text not in self._read:
            name, _, bounds = text.partition(">=")
            low, _, high = bounds.partition(",<")
            listed = [int(version) for version in self.versions(name)]
            first = sum(version < int(low) for version in listed) if low else 0
            last = sum(version < int(high) for version in listed) if high else len(listed)
            self._read[text] = (name, [(first, last)])
        return self._read[text]


def reachable_instance(versions: Versions, needs: Needs, roots: Sequence[str]) -> Instance:
    """Return the part of an index that can be reached, for peers that take everything at once."""
    reader = Reader(versions, needs)
    root = [reader.need(text) for text in roots]
    packages: dict[str, Sequence[str]] = {}
    deps: dict[str, Mapping[str, Sequence[Need]]] = {}
    waiting = [name for name, _ in root]
    for name in waiting:
        if name not in packages:
            packages[name] = reader.versions(name)
            deps[name] = {version: reader.needs(name, version) for version in packages[name]}
            targets = {t for wanted in deps[name].values() for t, _ in wanted}
            waiting += [target for target in targets if target not in packages]
    return Instance("index", packages, deps, root)


def index_fault(index: Index, answer: Answer) -> str:
    """Return what is wrong with an answer, or nothing."""
    reader = Reader(index.versions, index.needs)
    askers = [("the request", [reader.need(text) for text in index.roots])]
    askers += [(name, reader.needs(name, version)) for name, version in answer.items()]
    for asker, wanted in askers:
        for target, spans in wanted:
            listed = reader.versions(target)
            fits = [version for low, high in spans for version in listed[low:high]]
            if answer.get(target) not in fits:
                return f"{asker} needs `{target}`, unmet"
    return ""
