"""Questions: packages that are all written down, and what is asked of them (a problem file)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ckpm.model.requirement import Requirement
from ckpm.model.version import Scheme


@dataclass(frozen=True)
class Conditional:
    """A requirement that holds for some option values; no values mean always."""

    requirement: Requirement
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def holds(self, options: Mapping[str, str]) -> bool:
        """Whether it holds for these options."""
        return all(options.get(name) in values for name, values in self.when)


@dataclass(frozen=True)
class Described:
    """What a version has, or all versions of a package have.

    ``options`` map a name to its values, the default first; those of a version narrow the
    package's. ``provides`` are (name, version), the version ``None`` where it is the package's own.
    """

    needs: tuple[Conditional, ...] = ()
    conflicts: tuple[Conditional, ...] = ()
    tools: tuple[Conditional, ...] = ()
    provides: tuple[tuple[str, str | None], ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Listing:
    """One package: its versions in the order of the file, and what holds for all of them.

    ``prefer`` is a mode, the versions in order of preference, or ``None`` for the file's own.
    """

    versions: Mapping[str, Described]
    shared: Described = field(default_factory=Described)
    coexist: tuple[str, ...] = ()
    prefer: str | tuple[str, ...] | None = None

    def options_of(self, version: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Return each option with its default and the values that a version can have."""
        narrowed = dict(self.versions[version].options)
        shared = tuple((name, values[0], values) for name, values in self.shared.options)
        own = tuple(
            (name, values[0], values)
            for name, values in narrowed.items()
            if name not in dict(self.shared.options)
        )
        kept = tuple(
            (name, default, narrowed.get(name, values)) for name, default, values in shared
        )
        return tuple(sorted((*kept, *own)))


@dataclass(frozen=True)
class Question:
    """Packages by name, what must be chosen, and what is said about the rest."""

    packages: Mapping[str, Listing]
    requires: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    prefer: str = "newest"
    scheme: Scheme = "generic"
