"""Preference: the order of one package's candidates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from operator import attrgetter

from ckpm.model.resolution import Candidate, Prefer


def _is_never_stored(_candidate: Candidate) -> bool:
    return False


def _is_locked_nowhere(_candidate: Candidate) -> None:
    return None


@dataclass(frozen=True)
class Preference:
    """The order of design section 6: locked, detected, newest, default options, then the source.

    ``locked`` tells the version that a candidate's package, or this variant of it, was locked at.
    ``detected`` are versions that the machine has in a form that cannot be used itself; ``stored``
    tells whether a candidate has been made here already. ``positions`` are those of the sources in
    their recipe, by line.
    """

    prefer: Prefer = "newest"
    locked: Callable[[Candidate], str | None] = _is_locked_nowhere
    defaults: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[int, int] = field(default_factory=dict)
    detected: Collection[str] = ()
    is_stored: Callable[[Candidate], bool] = _is_never_stored

    def ranked(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates, the preferred one first.

        Sorting is stable: what decides last is sorted by first.
        """
        found = list(candidates)
        if len({candidate.version for candidate in found}) < len(found):
            found.sort(key=self.within_version)
        return sorted(by_version(found, newest_first=self.prefer != "lowest"), key=self.before)

    def before(self, candidate: Candidate) -> tuple[object, ...]:
        """What comes before the version; smaller is better."""
        version = str(candidate.version)
        is_stored = self.prefer == "installed" and self.is_stored(candidate)
        is_here = candidate.installation is not None or version in self.detected
        return (
            version != self.locked(candidate),
            candidate.version.is_prerelease,
            not is_stored,
            not (is_here and self.prefer in ("detected", "installed")),
        )

    def within_version(self, candidate: Candidate) -> tuple[object, ...]:
        """What tells candidates of one version apart; smaller is better."""
        is_not_default = [
            self.defaults.get(name) != value
            for name, value in candidate.options
            if name in self.defaults
        ]
        return (
            sum(is_not_default),
            is_not_default,
            candidate.installation is None,
            not self.is_stored(candidate),
            self.positions.get(candidate.source_line, -1),
        )


def option_choices(
    options: Iterable[tuple[str, str, Iterable[str]]],
) -> Iterator[dict[str, str]]:
    """Yield every choice of values for options (name, default, values), defaults first."""
    known = list(options)
    values = [sorted(given, key=default.__ne__) for _, default, given in known]
    for chosen in product(*values):
        yield dict(zip((name for name, _, _ in known), chosen, strict=True))


def by_version(candidates: Iterable[Candidate], *, newest_first: bool) -> list[Candidate]:
    """Sort by version, whatever schemes they are of."""
    found = list(candidates)
    same_scheme = len({candidate.version.scheme for candidate in found}) == 1
    key = attrgetter("version.order" if same_scheme else "version")
    return sorted(found, key=key, reverse=newest_first)
