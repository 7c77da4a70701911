"""Preference: the order of one package's candidates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ckpm.model.resolution import Candidate, Prefer
from ckpm.model.version import Version


@dataclass(frozen=True)
class Preference:
    """The order of design section 6, as a tuple of named parts; smaller is better.

    ``detected`` are versions that the machine has in a form that cannot be used itself; ``stored``
    tells whether a candidate has been made here already. ``positions`` are those of the sources in
    their recipe, by line.
    """

    prefer: Prefer
    locked: str | None
    defaults: Mapping[str, str]
    positions: Mapping[int, int]
    detected: Collection[str]
    is_stored: Callable[[Candidate], bool]

    def __call__(self, candidate: Candidate) -> tuple[object, ...]:
        """Return the sort key of a candidate."""
        version = str(candidate.version)
        is_stored = self.is_stored(candidate)
        is_here = candidate.installation is not None or version in self.detected
        is_not_default = [
            self.defaults.get(name) != value
            for name, value in candidate.options
            if name in self.defaults
        ]
        return (
            version != self.locked,
            candidate.version.is_prerelease,
            not (is_stored and self.prefer == "installed"),
            not (is_here and self.prefer in ("detected", "installed")),
            Order(candidate.version, newest_first=self.prefer != "lowest"),
            sum(is_not_default),
            is_not_default,
            candidate.installation is None,
            not is_stored,
            self.positions.get(candidate.source_line, -1),
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A version that sorts newest first, or oldest first."""

    version: Version
    newest_first: bool

    def __lt__(self, other: Order) -> bool:
        if self.newest_first:
            return other.version < self.version
        return self.version < other.version
