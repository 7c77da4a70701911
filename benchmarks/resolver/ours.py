"""ckpm's resolver; the only file here that knows its interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from benchmarks.resolver.index import Needs, Versions
from benchmarks.resolver.instances import Instance, Need, mask
from ckpm.errors import UnsatisfiableError
from ckpm.model import ranges, requirement, version
from ckpm.model.ranges import ANY, VersionRange, parse_range
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate
from ckpm.model.version import Version
from ckpm.resolve import Supply, Wants, choose
from ckpm.resolve.check import check
from ckpm.resolve.explain import explain as explained
from ckpm.resolve.problem import Edge, Edges, Key, Node, Problem
from ckpm.resolve.search import search

NAME = "ckpm"
DISTRIBUTION = "ckpm"
WARM = "again"


def forget() -> None:
    """Drop what earlier runs have read: each run is the first of its process, but for imports."""
    for module in (ranges, requirement, version):
        for value in vars(module).values():
            getattr(value, "cache_clear", lambda: None)()


@dataclass
class Listed(Sequence[Candidate]):
    """The versions of a package, the last first; made into candidates when somebody looks."""

    name: str
    versions: Sequence[str]

    def __len__(self) -> int:
        return len(self.versions)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        assert isinstance(place, int), "nobody takes slices"  # noqa: S101
        if place >= len(self.versions):
            raise IndexError(place)
        return Candidate(self.name, Version(self.versions[-1 - place]))


def prepare(instance: Instance) -> Reading:
    """Return ckpm's problem over an instance, which is read as the search asks for it."""
    return Reading(instance)


class Reading:
    """Turns names and positions into nodes and masks; position 0 is the last version.

    Ranges are put into words only where somebody is going to read them.
    """

    def __init__(self, instance: Instance, *, in_words: bool = False) -> None:
        self.instance = instance
        self.in_words = in_words
        self.numbers: dict[str, int] = {}
        self.problem = Problem((), [], expand=self.expand, ask=self.ask)
        self.problem.roots = self.edges(instance.root)

    def expand(self, node: int, position: int) -> Edges:
        name = self.problem.nodes[node].key.name
        last = len(self.instance.packages[name]) - 1
        return self.edges(self.instance.needs(name, last - position))

    def ask(self, wanted: Requirement) -> Edge:
        """Return the edge of a requirement in words, as hints put it."""
        node = self.problem.nodes[self.numbers[wanted.package]]
        fitting = (candidate.version in wanted.range for candidate in node.candidates)
        fits = sum(1 << place for place, does in enumerate(fitting) if does)
        return Edge(wanted, self.numbers[wanted.package], fits)

    def edges(self, needs: Iterable[Need]) -> Edges:
        return tuple([self.edge(*need) for need in needs])

    def edge(self, target: str, spans: Sequence[Sequence[int]]) -> Edge:
        versions = self.instance.packages[target]
        number, count = self.numbers.get(target), len(versions)
        if number is None:
            number = self.numbers[target] = len(self.numbers)
            listed = Listed(target, versions)
            self.problem.nodes.append(Node(Key(target, ""), listed, [None] * count))
        wanted = Requirement(target, self.words(spans, versions) if self.in_words else ANY)
        return Edge(
            wanted, number, mask([(count - high, count - low) for low, high in spans], count)
        )

    def words(self, spans: Sequence[Sequence[int]], versions: Sequence[str]) -> VersionRange:
        if not spans:
            return parse_range("<0")
        low, high = spans[0]
        full = (low, high) == (0, len(versions))
        return ANY if full else parse_range(f">={versions[low]},<={versions[high - 1]}")


def solve(reading: Reading) -> dict[str, str] | None:
    """Return the preferred answer, or ``None`` when there is none."""
    answer = search(reading.problem)
    if answer is None:
        return None
    check(reading.problem, answer)
    chosen = [reading.problem.nodes[n].candidates[p] for n, p in answer.items()]
    return {candidate.package: str(candidate.version) for candidate in chosen}


def explain(reading: Reading) -> list[str]:
    """Return the lines that say why there is no answer."""
    in_words = Reading(reading.instance, in_words=True)
    return list(explained(in_words.problem, Nothing()).lines)


class Nothing(Supply):
    """The problem is compiled already: all that is left to say is left out."""

    def candidates(self, package: str, scope: str) -> Sequence[Candidate]:
        return ()

    def wants(self, candidate: Candidate) -> Wants:
        return Wants()


def answer_from_index(
    versions: Versions, needs: Needs, roots: Sequence[str]
) -> dict[str, str] | None:
    """Answer from an index that is asked for one package at a time."""

    class Packages:
        def versions(self, name: str) -> Iterable[str]:
            return versions(name)

        def needs(self, name: str, version: str) -> Iterable[str]:
            return needs(name, version)

    try:
        chosen = choose(roots, Packages())
    except UnsatisfiableError:
        return None
    return {choice.candidate.package: str(choice.candidate.version) for choice in chosen}
