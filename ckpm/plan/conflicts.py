"""What a refusal of the Python closure means for the solver."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ckpm.model.installation import normalised
from ckpm.model.lock import Closure
from ckpm.model.refusals import ClosureConflictError
from ckpm.model.resolution import ANY_VERSION, Candidate, Nogood, Resolution
from ckpm.plan.locking import distribution_of
from ckpm.plan.questions import Close, Questions, Term


@dataclass
class Refusals:
    """What uv has refused so far, as nogoods, and the versions it would take instead.

    ``pythons`` tells the versions of Python that can be had: a refusal holds for one minor version,
    because wheels and markers differ with it. ``nogoods`` has what is forbidden, each with the no
    that taught it.
    """

    pythons: Callable[[], Sequence[str]] = tuple
    nogoods: dict[Nogood, ClosureConflictError] = field(default_factory=dict)
    preferred: dict[tuple[str, str], str] = field(default_factory=dict)
    _blamed: Counter[frozenset[str]] = field(default_factory=Counter)

    def learn(self, error: ClosureConflictError, resolution: Resolution, close: Close) -> None:
        """Forbid what clashes, every allowed version of it where none will do.

        Raises:
            ClosureConflictError: the one given, when forbidding that leads nowhere.
        """
        questions = Questions(resolution, error.scope, close)
        core, refusal = questions.core(error)
        terms = [Term(candidate) for candidate in core]
        if not self._is_up_to_python(refusal, core):
            terms, refusal = self._loosen(terms, refusal, questions)
        reason = refusal.saying(origins=_origins(terms, resolution))
        new = self._nogoods(terms, resolution, error.scope) - self.nogoods.keys()
        if not new:
            raise reason
        self.nogoods |= dict.fromkeys(sorted(new, key=sorted), reason)

    def reason(self, nogoods: Collection[Nogood]) -> ClosureConflictError | None:
        """Return the first no behind these nogoods, which is about what is preferred."""
        return next((no for nogood, no in self.nogoods.items() if nogood in nogoods), None)

    def _is_up_to_python(self, refusal: ClosureConflictError, core: Iterable[Candidate]) -> bool:
        """Whether the very same versions may do with another Python, which comes first then.

        When as many refusals as there are Pythons have blamed it, that did not help.
        """
        packages = frozenset(candidate.package for candidate in core)
        self._blamed[packages] += re.search(r"\bPython\b", refusal.text) is not None
        minors = {_minor(version) for version in self.pythons()}
        return 0 < self._blamed[packages] <= len(minors)

    def _loosen(
        self, terms: list[Term], refusal: ClosureConflictError, questions: Questions
    ) -> tuple[list[Term], ClosureConflictError]:
        """Return the loosest refused terms; what the next ones would take is preferred."""
        for looser in questions.ladder([term.candidate for term in terms]):
            answer = questions.ask(looser)
            if answer is None:
                break
            if isinstance(answer, Closure):
                self._prefer(looser, answer)
                break
            terms, refusal = looser, answer
        return terms, refusal

    def _prefer(self, terms: Iterable[Term], closure: Closure) -> None:
        taken = {normalised(d.name): d.version for d in closure.distributions}
        for candidate in (term.candidate for term in terms):
            version = taken[normalised(distribution_of(candidate))]
            self.preferred[candidate.package, candidate.scope] = version

    def _nogoods(self, terms: Iterable[Term], resolution: Resolution, scope: str) -> set[Nogood]:
        """Return the terms as a nogood for every Python of the chosen one's minor version."""
        pins = {pin for term in terms for pin in _pins(term)}
        python = resolution.find("python", scope)
        chosen = str(python.version) if python else ""
        same = {v for v in {chosen, *self.pythons()} if _minor(v) == _minor(chosen)}
        return {frozenset(pins | {("python", scope, version)}) for version in same}


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _pins(term: Term) -> Iterator[tuple[str, str, str]]:
    candidate = term.candidate
    if term.is_loose:
        yield (candidate.package, candidate.scope, ANY_VERSION)
    else:
        yield _pinned(candidate)
    yield from map(_pinned, term.asked_by)


def _pinned(candidate: Candidate) -> tuple[str, str, str]:
    return candidate.package, candidate.scope, str(candidate.version)


def _origins(terms: Sequence[Term], resolution: Resolution) -> list[str]:
    """Return who asks for what of a refusal."""
    clashing = {term.candidate for term in terms}
    origins = dict.fromkeys(
        f"{wanted} is asked for by {wanted.origin or 'the request'}"
        for choice in resolution.choices
        if choice.candidate in clashing
        for wanted in choice.wanted_by
    )
    return list(origins)
