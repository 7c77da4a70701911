"""A supply of packages that are all written down: those of a problem file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from ckpm.model.platform import Platform
from ckpm.model.question import Conditional, Listing, Question
from ckpm.model.ranges import among
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate, Rejection, Resolution
from ckpm.model.version import ListedVersion, Version
from ckpm.resolve.compile import compile_problem
from ckpm.resolve.deadline import within
from ckpm.resolve.preference import by_version, option_choices
from ckpm.resolve.stage import answered_or_explained
from ckpm.resolve.supply import Supply, Wants


def answer_question(
    question: Question, target: Platform, *, timeout_s: float | None = None
) -> Resolution:
    """Return what is chosen of packages that are all written down.

    Raises:
        UnsatisfiableError: with a minimal conflict.
        UndecidedError: when the time is over, or the search's budget is spent.
    """
    supply = Listed(question)
    requires = [supply.read(requirement) for requirement in question.requires]
    constraints = [supply.read(requirement) for requirement in question.constraints]
    problem = compile_problem(requires, supply, constraints=constraints)
    made = answered_or_explained(problem, supply, within(timeout_s))
    return Resolution(tuple(requires), target, made)


class Listed(Supply):
    """See ``Supply``; every question is answered from the file."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def candidates(self, package: str, scope: str) -> list[Candidate]:
        listing = self.question.packages.get(package)
        if listing is None:
            return []
        excluded = self.question.excluded.get(package, {})
        found = [
            self.candidate(package, scope, version, options, listing)
            for version in listing.versions
            if version not in excluded
            for options in option_choices(listing.options_of(version))
        ]
        return _Ranking(self.question, package, listing).ranked(found)

    def candidate(
        self, package: str, scope: str, version: str, options: dict[str, str], listing: Listing
    ) -> Candidate:
        own = self.version(package, version)
        provided = (*listing.shared.provides, *listing.versions[version].provides)
        return Candidate(
            package,
            own,
            tuple(options.items()),
            scope,
            tuple((name, options[name]) for name in listing.coexist if name in options),
            provides=tuple(
                (name, self.version(name, stated) if stated else own)
                for name, stated in dict(provided).items()
                if name != package
            ),
        )

    def version(self, package: str, text: str) -> Version:
        if self.question.scheme != "given":
            return Version(text, self.question.scheme)
        listing = self.question.packages.get(package)
        places = list(listing.versions) if listing else []
        return ListedVersion(text, places.index(text) if text in places else -1)

    def providers(self, virtual: str) -> tuple[str, ...]:
        return self._providers.get(virtual, ())

    @cached_property
    def _providers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, listing in self.question.packages.items():
            described = (listing.shared, *listing.versions.values())
            for virtual in dict.fromkeys(v for d in described for v, _ in d.provides):
                found[virtual] = (*found.get(virtual, ()), name)
        return found

    def wants(self, candidate: Candidate) -> Wants:
        listing = self.question.packages[candidate.package]
        own, shared = listing.versions[candidate.version.text], listing.shared
        options = dict(candidate.options)

        def holding(items: Iterable[Conditional]) -> tuple[Requirement, ...]:
            return tuple(self.read(i.requirement) for i in items if i.holds(options))

        return Wants(
            needs=holding((*shared.needs, *own.needs)),
            tools=holding((*shared.tools, *own.tools)),
            conflicts=holding((*shared.conflicts, *own.conflicts)),
        )

    def read(self, requirement: Requirement) -> Requirement:
        """Return a requirement as the scheme reads it."""
        if self.question.scheme != "given":
            return requirement
        listing = self.question.packages.get(requirement.package)
        listed = list(listing.versions) if listing else []
        return replace(requirement, range=among(requirement.range, listed))

    def left_out(self, package: str) -> list[Rejection]:
        excluded = self.question.excluded.get(package, {})
        return [
            Rejection(f"{package} {version}", package, reason)
            for version, reason in excluded.items()
        ]


class _Ranking:
    """The order of a package's candidates."""

    def __init__(self, question: Question, package: str, listing: Listing) -> None:
        self.locked = question.locked.get(package)
        prefer = listing.prefer if listing.prefer is not None else question.prefer
        self.newest_first = prefer != "lowest"
        self.stated = (
            {version: i for i, version in enumerate(prefer)} if isinstance(prefer, tuple) else {}
        )
        self.defaults = {
            version: {name: default for name, default, _ in listing.options_of(version)}
            for version in listing.versions
        }

    def ranked(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates, the preferred one first; sorting is stable."""
        found = by_version(
            sorted(candidates, key=self.within_version), newest_first=self.newest_first
        )
        return sorted(found, key=self.before)

    def before(self, candidate: Candidate) -> tuple[object, ...]:
        text = candidate.version.text
        stated = self.stated.get(text, len(self.stated))
        return text != self.locked, candidate.version.is_prerelease, stated

    def within_version(self, candidate: Candidate) -> tuple[object, ...]:
        defaults = self.defaults[candidate.version.text]
        is_not_default = [defaults[name] != value for name, value in candidate.options]
        return sum(is_not_default), is_not_default
