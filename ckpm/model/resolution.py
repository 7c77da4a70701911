"""Resolutions: the chosen candidates with the reason for each, and what was not chosen and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.model.requirement import Options, Requirement
from ckpm.model.scopes import TARGET_SCOPE
from ckpm.model.version import Version

if TYPE_CHECKING:  # Recipes take milliseconds to import, and resolutions are everywhere.
    from ckpm.model.recipe import Source

Nogood = frozenset[tuple[str, str, str]]
"""(package, scope, version or ``ANY_VERSION``) that must not all be chosen together."""

ANY_VERSION = "*"


Prefer = Literal["detected", "installed", "newest", "lowest"]


@dataclass(frozen=True)
class Preferences:
    """Which versions come first: of every package, and of some by name."""

    default: Prefer = "detected"
    of: Mapping[str, Prefer] = field(default_factory=dict)

    def __getitem__(self, package: str) -> Prefer:
        return self.of.get(package, self.default)


DETECTED_FIRST = Preferences()


@dataclass(frozen=True, slots=True)
class Release:
    """A version that an index offers for a platform, with what it needs beside its closure."""

    version: str
    needs: tuple[Requirement, ...] = ()
    yanked: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A package, version and options from one source or installation, in one scope.

    ``scope`` is empty for the target, else names the package whose tools these are. ``key_options``
    are the options that may coexist and so are part of the identity. What it needs is for whoever
    supplied it to say.
    """

    package: str
    version: Version
    options: Options = ()
    scope: str = TARGET_SCOPE
    key_options: Options = ()
    source: Source | None = field(default=None, compare=False)
    installation: Installation | None = field(default=None, compare=False)
    provides: tuple[tuple[str, Version], ...] = field(default=(), compare=False)
    source_line: int = 0

    def __str__(self) -> str:
        return f"{self.variant} {self.version}"

    @property
    def variant(self) -> str:
        """The package with all its options."""
        options = ",".join(f"{name}={value}" for name, value in self.options)
        return f"{self.package}{':' + options if options else ''}"

    @property
    def release(self) -> str:
        """Its version from its source, whatever its options: they are had or not had together."""
        return f"{self.package} {self.version}@{self.origin}:{self.source_line}"

    @property
    def tool_scope(self) -> str:
        """The scope in which its own tools are chosen."""
        return f"{self.scope}/{self.package}" if self.scope else self.package

    @property
    def origin(self) -> str:
        """How it is obtained, in a word: ``detected`` or the method of its source."""
        if self.installation is not None:
            return "detected"
        return self.source.method if self.source else "fact"


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen candidate, who needs it, and what it needs in turn (requirement, chosen package)."""

    candidate: Candidate
    wanted_by: tuple[Requirement, ...] = ()
    needs: tuple[tuple[Requirement, Candidate], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A candidate that was not chosen, and why."""

    candidate: str
    package: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """One compatible set: choices in breadth-first order from the requirements."""

    requirements: tuple[Requirement, ...]
    target: Platform
    choices: tuple[Choice, ...]
    rejections: tuple[Rejection, ...] = ()

    def __iter__(self) -> Iterator[Candidate]:
        return (choice.candidate for choice in self.choices)

    def in_scope(self, scope: str = TARGET_SCOPE) -> tuple[Candidate, ...]:
        """Return the candidates of one scope, in order."""
        return tuple(candidate for candidate in self if candidate.scope == scope)

    def find(self, package: str, scope: str = TARGET_SCOPE) -> Candidate | None:
        """Return the first candidate of a package in a scope."""
        return next((c for c in self.in_scope(scope) if c.package == package), None)
