"""What would help where Python packages clash: each is tried, uv included, before it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ckpm.errors import Remedy
from ckpm.model.ranges import ANY
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Resolution

MAX_TRIES = 4

Try = Callable[[Sequence[Requirement]], Resolution | None]
"""Decide anew for other requirements; ``None`` where that comes to nothing.

Anew, because what is refused rests on the ranges that were asked for.
"""


def remedies(
    asked: Sequence[Requirement], clashing: Sequence[Requirement], attempt: Try
) -> list[Remedy]:
    """Return other versions of what clashes that would do, or else what the rest works without."""
    tried = _Tried(asked, clashing[:MAX_TRIES], attempt)
    return list(tried.other_versions()) or list(tried.apart())


@dataclass(frozen=True)
class _Tried:
    asked: Sequence[Requirement]
    clashing: Sequence[Requirement]
    attempt: Try

    def other_versions(self) -> Iterator[Remedy]:
        for wanted in self.clashing:
            loose = replace(wanted, range=ANY)
            found = self.attempt(self.instead(wanted, loose)) if wanted.range.clauses else None
            for chosen in found.in_scope() if found else ():
                # Of what stands in for a virtual package, the version says nothing here.
                if chosen.package == wanted.package and wanted.accepts(dict(chosen.options)):
                    text = f"`{wanted.exactly(str(chosen.version))}` would work here"
                    yield Remedy("version", text, str(wanted))

    def apart(self) -> Iterator[Remedy]:
        for wanted in self.clashing:
            others = self.instead(wanted)
            if others and self.attempt(others) is not None:
                yield Remedy("apart", f"the rest works without `{wanted}`", str(wanted))

    def instead(self, wanted: Requirement, *other: Requirement) -> list[Requirement]:
        """Return what is asked for with another requirement, or none, in one's place."""
        return [each for one in self.asked for each in (other if one is wanted else (one,))]
