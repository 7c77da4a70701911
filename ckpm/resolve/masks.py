"""Masks: which candidates of a node meet a requirement, as integers.

Each comparison is made once for each distinct version, not for each candidate and each asker.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import or_
from typing import Any

from ckpm.model.ranges import Clause, VersionRange
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate
from ckpm.model.version import Scheme, Version


class Masks:
    """The candidates of one node by version, option and ability.

    ``versions`` are those that ranges are about: a candidate's own, or the one that it provides.
    ``has_releases`` says whether pre-releases can be passed over for something else of the name.
    """

    __slots__ = (
        "_below",
        "_clauses",
        "_full",
        "_has_plain_order",
        "_has_releases",
        "_options",
        "_orders",
        "_releases",
        "_scheme",
        "_sorted",
        "candidates",
    )

    def __init__(
        self,
        candidates: Sequence[Candidate],
        versions: Sequence[Version],
        *,
        has_releases: bool = False,
    ) -> None:
        self.candidates = candidates
        self._full = (1 << len(candidates)) - 1
        schemes = {version.scheme for version in versions}
        self._scheme: Scheme = versions[0].scheme if versions else "generic"
        places: dict[Any, int] = {}
        for position, version in enumerate(versions):
            order = version.order if len(schemes) == 1 else version
            places[order] = places.get(order, 0) | 1 << position
        self._orders = sorted(places)
        # What lies below each version: intervals of versions are differences of these.
        self._below: list[int] = [0, *accumulate((places[order] for order in self._orders), or_)]
        self._sorted = [versions[_lowest(places[order])] for order in self._orders]
        early = sum(1 << i for i, version in enumerate(versions) if version.is_prerelease)
        self._releases = self._full & ~early
        self._has_releases = has_releases
        # PEP 440 has more to say than what lies where; and `<2` is not for pre-releases of 2.
        is_plain = len(schemes) == 1 and "pep440" not in schemes
        self._has_plain_order = is_plain and self._releases == self._full
        self._clauses: dict[Clause, int] = {}
        self._options: dict[tuple[str, str], int] = {}

    def meeting(self, requirement: Requirement, *, with_prereleases: bool = False) -> int:
        """Return who meets a requirement.

        Pre-releases do only where it names one, or where there is nothing else.
        """
        mask = self.within(requirement.range)
        if not with_prereleases and self._releases != self._full:
            mask &= self.usual(requirement.range)
        for option in requirement.options:
            mask &= self.having(option)
        return mask & self.able_to(requirement.ability) if requirement.ability else mask

    def usual(self, versions: VersionRange) -> int:
        """Return the releases; all, where pre-releases are asked for or nothing else is there."""
        if versions.names_prerelease(self._scheme) or not (self._has_releases or self._releases):
            return self._full
        return self._releases

    def within(self, versions: VersionRange) -> int:
        """Return whose version lies in a range."""
        if type(versions) is not VersionRange:
            return self.linear(versions)
        mask = self._full
        for clause in versions.clauses:
            known = self._clauses.get(clause)
            if known is None:
                known = self._clauses[clause] = self.of_clause(clause)
            mask &= known
        return mask

    def of_clause(self, clause: Clause) -> int:
        """Return whose version meets one comparison: a stretch of the versions, where it is one."""
        bound = clause.bound(self._scheme) if self._has_plain_order else None
        if bound is None:
            return self.linear(VersionRange((clause,)))
        low = self._below[bisect_left(self._orders, bound)]
        high = self._below[bisect_right(self._orders, bound)]
        stretches = {
            "==": high & ~low,
            "!=": ~(high & ~low),
            "<": low,
            "<=": high,
            ">": ~high,
            ">=": ~low,
        }
        return stretches[clause.operator] & self._full

    def linear(self, versions: VersionRange) -> int:
        mask = 0
        for index, version in enumerate(self._sorted):
            if version in versions:
                mask |= self._below[index + 1] & ~self._below[index]
        return mask

    def having(self, option: tuple[str, str]) -> int:
        """Return who has an option at a value; one that is not reported is unknown."""
        if option not in self._options:
            self._options[option] = sum(
                1 << position
                for position, candidate in enumerate(self.candidates)
                if option in candidate.options
            )
        return self._options[option]

    def able_to(self, ability: str) -> int:
        """Return who is able to do something; only installations can lack an ability."""
        return sum(
            1 << position
            for position, candidate in enumerate(self.candidates)
            if candidate.installation is None or ability in candidate.installation.abilities
        )


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def versions_for(name: str, candidates: Sequence[Candidate]) -> list[Version]:
    """Return the versions at which candidates stand for a name: their own or what they provide."""
    return [
        candidate.version if candidate.package == name else _provided(candidate, name)
        for candidate in candidates
    ]


def _provided(candidate: Candidate, name: str) -> Version:
    provided: Mapping[str, Version] = dict(candidate.provides)
    return provided[name]
