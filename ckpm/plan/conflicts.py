"""What a refusal of the Python closure means for the solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ckpm.model.installation import normalised
from ckpm.model.lock import Closure
from ckpm.model.refusals import ClosureConflictError
from ckpm.model.resolution import ANY_VERSION, Candidate, Nogood, Resolution
from ckpm.plan.locking import distribution_of, is_distribution, pin

Close = Callable[[str, Sequence[str]], Closure]
"""Ask for the closure of one scope; raises ``ClosureConflictError``."""


@dataclass
class Refusals:
    """What uv has refused so far, as nogoods, and the versions it would take instead."""

    nogoods: list[Nogood] = field(default_factory=list)
    preferred: dict[tuple[str, str], str] = field(default_factory=dict)
    last: ClosureConflictError | None = None

    def learn(self, error: ClosureConflictError, resolution: Resolution, close: Close) -> None:
        """Forbid what clashes: of each pin after the first, every allowed version if all do.

        Raises:
            ClosureConflictError: the one given, when forbidding that would lead nowhere.
        """
        named = _named(error, resolution)
        nogood = {(c.package, c.scope, str(c.version)) for c in named}
        for candidate in named[1:]:
            nogood = self._loosen(candidate, nogood, named, resolution, close)
        if frozenset(nogood) in self.nogoods or len(nogood) < 2:
            raise error
        self.nogoods.append(frozenset(nogood))
        self.last = error

    def _loosen(
        self,
        candidate: Candidate,
        nogood: set[tuple[str, str, str]],
        named: Sequence[Candidate],
        resolution: Resolution,
        close: Close,
    ) -> set[tuple[str, str, str]]:
        key = (candidate.package, candidate.scope)
        lines = [_loose(c, resolution) if c is candidate else pin(c) for c in named]
        try:
            closure = close(candidate.scope, lines)
        except ClosureConflictError:
            return {pinned for pinned in nogood if pinned[:2] != key} | {(*key, ANY_VERSION)}
        taken = {normalised(d.name): d.version for d in closure.distributions}
        self.preferred[key] = taken[normalised(distribution_of(candidate))]
        return nogood


def _named(error: ClosureConflictError, resolution: Resolution) -> list[Candidate]:
    """Return the pins that uv's text names, else all of them."""
    pins = [candidate for candidate in resolution if is_distribution(candidate)]
    return [c for c in pins if distribution_of(c) in error.text] or pins


def _loose(candidate: Candidate, resolution: Resolution) -> str:
    """Return the line that allows all versions which everybody who wants it allows."""
    name = pin(candidate).split("==")[0]
    wanted = (w for choice in resolution.choices if choice.candidate is candidate
              for w in choice.wanted_by)  # fmt: skip
    return name + ",".join(dict.fromkeys(str(w.range) for w in wanted if w.range.clauses))
