"""Version ranges: PEP 440's operators with their meaning there, over every scheme."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ckpm.model.version import InvalidVersionError, Scheme, Version

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

    def bound(self, scheme: Scheme) -> object | None:
        """Return where a plain comparison divides versions of a scheme, as ``Version.order``.

        ``None`` where it is not a matter of order alone.
        """
        if self.prefix or self.operator == "~=" or scheme == "given":
            return None
        bound = _bound(self.version, scheme)
        return bound.order if bound.scheme == scheme else None


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The versions that meet every clause; no clauses mean any version."""

    clauses: tuple[Clause, ...] = ()

    def __contains__(self, version: Version) -> bool:
        return all(_meets(version, clause) for clause in self.clauses)

    def __str__(self) -> str:
        return ",".join(map(str, self.clauses))

    def names_prerelease(self, scheme: Scheme) -> bool:
        """Whether a clause mentions a pre-release, which is how one asks for them.

        ``1.0a1`` is one in PEP 440 alone.
        """
        return any(_bound(clause.version, scheme).is_prerelease for clause in self.clauses)

    def intersect(self, other: VersionRange) -> VersionRange:
        """Return the range of versions that lie in both."""
        return VersionRange(tuple(dict.fromkeys(self.clauses + other.clauses)))


ANY = VersionRange()


@dataclass(frozen=True, slots=True)
class ListedRange(VersionRange):
    """A range over versions whose only order is their places in a list, lowest first.

    What is not listed has no place: it equals itself, and is neither above nor below anything.
    """

    places: Mapping[str, int] = field(default_factory=dict, compare=False)

    def __contains__(self, version: Version) -> bool:
        return all(self._holds(version.text, clause) for clause in self.clauses)

    def _holds(self, text: str, clause: Clause) -> bool:
        if clause.operator in ("==", "!="):
            return (text == clause.version) == (clause.operator == "==")
        place, bound = self.places.get(text), self.places.get(clause.version)
        if place is None or bound is None:
            return False
        return _COMPARISONS[clause.operator](place, bound)

    def names_prerelease(self, scheme: Scheme) -> bool:  # noqa: ARG002
        """A list has no pre-releases; so none are to be passed over."""
        return True


def among(versions: VersionRange, listed: Sequence[str]) -> ListedRange:
    """Read a range by the order of a list, lowest first.

    Raises:
        ValueError: for clauses that need more than an order.
    """
    if any(clause.prefix or clause.operator == "~=" for clause in versions.clauses):
        raise ValueError("one of == != < <= > >= with a listed version")
    return ListedRange(versions.clauses, {text: place for place, text in enumerate(listed)})


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
        specifier = _pep440_specifier(str(clause))
        # What is no version of this scheme, such as `r27c`, none of them can be like.
        return clause.operator == "!=" if specifier is None else specifier.contains(version.order)
    if clause.prefix:
        return _has_prefix(version, clause.version) == (clause.operator == "==")
    bound = _bound(clause.version, version.scheme)
    if clause.operator == "~=":
        return version >= bound and _has_prefix(version, clause.version.rpartition(".")[0])
    if clause.operator == "<" and version.is_prerelease and not bound.is_prerelease:
        # As in PEP 440, a pre-release of the bound is not below it for anybody who writes `<2`.
        return version < bound and not _has_prefix(version, clause.version)
    return _COMPARISONS[clause.operator](version, bound)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
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
def _bound(text: str, scheme: Scheme) -> Version:
    if scheme == "semver":
        # People write `>=2` where they mean `>=2.0.0`.
        text += ".0" * (2 - text.count(".")) if text.replace(".", "").isdigit() else ""
    try:
        return Version(text, scheme)
    except InvalidVersionError:
        return Version(text)


@lru_cache(maxsize=4096)
def _pep440_specifier(text: str) -> SpecifierSet | None:
    from packaging.specifiers import InvalidSpecifier
    from packaging.specifiers import SpecifierSet as Parsed

    try:
        return Parsed(text, prereleases=True)
    except InvalidSpecifier:
        return None
