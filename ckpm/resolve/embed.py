"""The resolver for the caller's own packages: lazily, without recipes, files or network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ckpm.model.requirement import Requirement, read_requirements
from ckpm.model.resolution import Candidate, Choice, Prefer, Preferences, Rejection
from ckpm.model.version import Scheme, Version
from ckpm.resolve.compile import compile_problem
from ckpm.resolve.deadline import ShouldStop, never, within
from ckpm.resolve.preference import Preference
from ckpm.resolve.stage import answered_or_explained
from ckpm.resolve.supply import Supply, Wants

NEWEST_FIRST = Preferences("newest")


class Packages(Protocol):
    """What the caller knows, asked for as the search reaches it.

    ``versions`` is called once for each name that is reached, whatever comes of it. ``needs`` is
    called at most once for each version, and only for those that the search looks at: the chosen
    ones, and all of a package that takes part in a conflict. Neither is called after ``choose`` has
    returned or raised. What they raise goes through to the caller.
    """

    def versions(self, name: str) -> Iterable[str]:
        """Return the versions of a package in any order; nothing for one that does not exist."""
        ...

    def needs(self, name: str, version: str) -> Iterable[str | Requirement]:
        """Return what a version needs, the most important first."""
        ...


@runtime_checkable
class Prefetching(Protocol):
    """Packages that can be told in advance which versions are going to be asked for."""

    def prefetch(self, names: Sequence[str]) -> None:
        """Called before the versions of these names are asked for, all at once."""
        ...


@dataclass(frozen=True)
class Terms:
    """What a caller may say beside its requirements.

    ``constraints`` hold for packages that are chosen at all. ``locked`` versions are preferred.
    ``excluded`` maps a name to versions with the caller's reasons, which explanations repeat.
    """

    scheme: Scheme = "generic"
    constraints: Sequence[str | Requirement] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    prefer: Preferences | Prefer = NEWEST_FIRST
    timeout_s: float | None = None
    should_stop: ShouldStop = never


def choose(
    requires: Sequence[str | Requirement], packages: Packages, terms: Terms | None = None
) -> tuple[Choice, ...]:
    """Return the preferred choice of versions, breadth-first from what is required.

    Each choice says who wants it and what it needs in turn: together they are the derivation.

    Raises:
        UnsatisfiableError: with a minimal conflict, as lines and as data.
        UndecidedError: when the time was over or the caller stopped it.
        RequirementSyntaxError: for a requirement that cannot be read.
    """
    terms = terms or Terms()
    supply = _Embedded(packages, terms)
    problem = compile_problem(
        read_requirements(requires, "the request"),
        supply,
        constraints=read_requirements(terms.constraints, "a constraint"),
    )
    return answered_or_explained(problem, supply, within(terms.timeout_s, terms.should_stop))


class _Embedded(Supply):
    """See ``Supply``."""

    def __init__(self, packages: Packages, terms: Terms) -> None:
        self.packages = packages
        self.terms = terms
        prefer = terms.prefer
        self.prefer = prefer if isinstance(prefer, Preferences) else Preferences(prefer)
        self.prefetched: set[str] = set()
        self.prefetch = packages.prefetch if isinstance(packages, Prefetching) else None

    def candidates(self, package: str, scope: str) -> list[Candidate]:
        self.prefetched.add(package)
        excluded = self.terms.excluded.get(package, {})
        found = [
            Candidate(package, Version(text, self.terms.scheme), scope=scope)
            for text in dict.fromkeys(self.packages.versions(package))
            if text not in excluded
        ]
        locked = self.terms.locked.get(package)
        preference = Preference(self.prefer[package], lambda _candidate: locked)
        return preference.ranked(found)

    def wants(self, candidate: Candidate) -> Wants:
        texts = self.packages.needs(candidate.package, candidate.version.text)
        needs = read_requirements(texts, "")
        self.announce(need.package for need in needs)
        return Wants(needs=needs)

    def announce(self, names: Iterable[str]) -> None:
        new = [name for name in dict.fromkeys(names) if name not in self.prefetched]
        self.prefetched.update(new)
        if new and self.prefetch:
            self.prefetch(new)

    def left_out(self, package: str) -> list[Rejection]:
        excluded = self.terms.excluded.get(package, {})
        return [Rejection(f"{package} {text}", package, why) for text, why in excluded.items()]
