"""Version ranges: PEP 440's operators with their meaning there, over every scheme."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ckpm.model.version import Version

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

CLAUSE_PATTERN = re.compile(
    r"\s*(~=|==|!=|<=|>=|<|>)\s*([A-Za-z0-9][A-Za-z0-9._+!:~-]*?)(\.\*)?\s*(?=,|$)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; ``prefix`` tells ``==2.16.*`` from ``==2.16``."""

    operator: str
    version: str
    prefix: bool = False

    def __str__(self) -> str:
        return f"{self.operator}{self.version}{'.*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The versions that meet every clause; no clauses mean any version."""

    clauses: tuple[Clause, ...] = ()

    def __contains__(self, version: Version) -> bool:
        return all(_meets(version, clause) for clause in self.clauses)

    def __str__(self) -> str:
        return ",".join(map(str, self.clauses))

    @property
    def names_prerelease(self) -> bool:
        """Whether a clause mentions a pre-release, which is how one asks for them."""
        return any(Version(clause.version).is_prerelease for clause in self.clauses)

    def intersect(self, other: VersionRange) -> VersionRange:
        """Return the range of versions that lie in both."""
        return VersionRange(tuple(dict.fromkeys(self.clauses + other.clauses)))


ANY = VersionRange()


def parse_range(text: str) -> VersionRange:
    """Read ``>=2.15,<3``.

    Raises:
        ValueError: with the faulty column as its second argument.
    """
    clauses: list[Clause] = []
    position = 0
    while position < len(text):
        match = CLAUSE_PATTERN.match(text, position)
        if match is None:
            raise ValueError("an operator (>=, ==, ~=, …) and a version", position)
        if match[3] and match[1] not in ("==", "!="):
            raise ValueError("`==` or `!=` before a version with `.*`", position)
        if match[1] == "~=" and "." not in match[2]:
            raise ValueError("a version of two parts after `~=`, such as `~=2.0`", position)
        clauses.append(Clause(match[1], match[2], prefix=match[3] is not None))
        position = match.end() + 1
    return VersionRange(tuple(clauses))


def _meets(version: Version, clause: Clause) -> bool:
    if version.scheme == "pep440":
        try:
            return _pep440_specifier(str(clause)).contains(version.text, prereleases=True)
        except ValueError:
            # What is no version of this scheme, such as `r27c`, none of them can be like.
            return clause.operator == "!="
    if clause.prefix:
        return _has_prefix(version, clause.version) == (clause.operator == "==")
    bound = Version(clause.version)
    if clause.operator == "~=":
        return version >= bound and _has_prefix(version, clause.version.rpartition(".")[0])
    if clause.operator == "<" and version.is_prerelease and not bound.is_prerelease:
        # As in PEP 440, a pre-release of the bound is not below it for anybody who writes `<2`.
        return version < bound and not _has_prefix(version, clause.version)
    return _COMPARISONS[clause.operator](version, bound)


_COMPARISONS: dict[str, Callable[[Version, Version], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _has_prefix(version: Version, prefix: str) -> bool:
    wanted = Version(f"{prefix}.1").components[:-1]
    padding = ((1, 0, ""),) * len(wanted)
    return (version.components + padding)[: len(wanted)] == wanted


@lru_cache(maxsize=4096)
def _pep440_specifier(text: str) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet as Parsed

    return Parsed(text)
