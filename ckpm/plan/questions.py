"""The questions that follow a refusal: what clashes at the least, and does any version do?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ckpm.errors import DownloadError
from ckpm.model.lock import Closure
from ckpm.model.refusals import ClosureConflictError, ClosureUndecidedError
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate, Choice, Resolution
from ckpm.model.scopes import TARGET_SCOPE
from ckpm.plan.locking import distribution_of, indexes_of, is_distribution

Close = Callable[[str, Sequence[str], Sequence[str]], Closure]
"""Ask for the closure of (scope, lines, indexes); raises ``ClosureConflictError``."""


@dataclass(frozen=True)
class Term:
    """One distribution of a question: pinned, or loose within ``ranges``.

    ``asked_by`` are those whose choice the ranges rest on; what the request itself asks for always
    holds. Extras are left out, so that a refusal holds whatever options are chosen.
    """

    candidate: Candidate
    is_loose: bool = False
    ranges: tuple[str, ...] = ()
    asked_by: tuple[Candidate, ...] = ()

    @property
    def line(self) -> str:
        """The line that asks uv for it."""
        wanted = ",".join(self.ranges) if self.is_loose else f"=={self.candidate.version}"
        return distribution_of(self.candidate) + wanted


@dataclass(frozen=True)
class Questions:
    """What can be asked about one refused scope of a resolution."""

    resolution: Resolution
    scope: str
    close: Close

    def core(self, error: ClosureConflictError) -> tuple[list[Candidate], ClosureConflictError]:
        """Return the pins that uv's text names and its no to them alone; else all pins."""
        pins = [c for c in self.resolution.in_scope(self.scope) if is_distribution(c)]
        words = error.names(distribution_of(c) for c in pins)
        named = [c for c in pins if distribution_of(c) in words]
        answer = self.ask([Term(candidate) for candidate in named]) if named else None
        if isinstance(answer, ClosureConflictError):
            return named, answer
        return pins, error

    def ask(self, terms: Sequence[Term]) -> Closure | ClosureConflictError | None:
        """Return the closure, or the no; ``None`` where neither can be had."""
        indexes = indexes_of([term.candidate for term in terms])
        try:
            return self.close(self.scope, [term.line for term in terms], indexes)
        except ClosureConflictError as error:
            return error
        except (ClosureUndecidedError, DownloadError):
            return None

    def ladder(self, core: Sequence[Candidate]) -> Iterator[list[Term]]:
        """Yield ever looser questions: all but the first, all, and all whoever else asks."""
        loose = [self._loose(candidate) for candidate in core]
        yield [Term(core[0]), *loose[1:]]
        yield loose
        yield [self._free(candidate) for candidate in core]

    def _loose(self, candidate: Candidate) -> Term:
        """Return the term that allows all versions which everybody who wants it allows."""
        wanting = [(c, need) for c in self.resolution.choices for need in _needs(c, candidate)]
        if any(choice.candidate.options for choice, _ in wanting):
            # Other options of the same version may need something else.
            return self._free(candidate)
        free = self._free(candidate).ranges
        ranges = dict.fromkeys([*free, *(str(need.range) for _, need in wanting)])
        asked_by = dict.fromkeys(choice.candidate for choice, _ in wanting)
        return Term(candidate, is_loose=True, ranges=tuple(ranges), asked_by=tuple(asked_by))

    def _free(self, candidate: Candidate) -> Term:
        """Return the term that allows all versions which the request itself allows."""
        asked = self.resolution.requirements if candidate.scope == TARGET_SCOPE else ()
        ranges = (str(r.range) for r in asked if _limits(r, candidate))
        return Term(candidate, is_loose=True, ranges=tuple(dict.fromkeys(ranges)))


def _needs(choice: Choice, candidate: Candidate) -> Iterator[Requirement]:
    """Yield what a choice asks of a candidate's version."""
    return (need for need, chosen in choice.needs if chosen == candidate and _limits(need, chosen))


def _limits(requirement: Requirement, candidate: Candidate) -> bool:
    # The range of a virtual package speaks of another version than the candidate's.
    return requirement.package == candidate.package and bool(requirement.range.clauses)
