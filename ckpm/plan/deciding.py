"""Deciding jointly: the solver proposes, registries and uv settle, and refusals are learnt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ckpm.errors import CkpmError, Remedy, StaleLockError, UnsatisfiableError
from ckpm.model.refusals import ClosureConflictError, SourceError
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate, Resolution
from ckpm.plan.conflicts import Refusals
from ckpm.plan.questions import Close
from ckpm.plan.remedies import remedies

MAX_PROPOSALS = 25
MAX_PROPOSALS_TRIED = 5
"""What trying one remedy may cost."""

Settled = TypeVar("Settled")


@dataclass(frozen=True)
class Deciding:
    """One request under way.

    ``propose`` resolves what is asked around what is refused so far. ``close`` asks for other
    closures of a proposal, ``closures`` for its own; ``forbid`` leaves a candidate out from now on,
    with the reason.
    """

    asked: Sequence[Requirement]
    refusals: Refusals
    propose: Callable[[Sequence[Requirement], Refusals], Resolution]
    close: Callable[[Resolution], Close]
    closures: Callable[[Resolution], object]
    forbid: Callable[[Candidate, str], None]

    def until(self, settle: Callable[[Resolution], Settled]) -> tuple[Resolution, Settled]:
        """Return the first proposal that can be settled, and what came of that.

        Raises:
            UnsatisfiableError: when nothing is left to propose; see ``propose``.
            ClosureConflictError: when Python packages clash whatever is proposed.
        """
        try:
            return self.settled(settle, MAX_PROPOSALS)
        except UnsatisfiableError as error:
            refusal = self.refusals.reason(error.nogoods)
            if refusal is None:
                raise
            raise refusal.saying(remedies=self._remedies(error)) from error

    def settled(
        self, settle: Callable[[Resolution], Settled], most: int
    ) -> tuple[Resolution, Settled]:
        """Return the same within so many proposals; what is raised suggests no remedies."""
        for _ in range(most):
            proposal = self.propose(self.asked, self.refusals)
            try:
                return proposal, settle(proposal)
            except SourceError as error:
                self.forbid(error.candidate, error.reason)
            except ClosureConflictError as error:
                self.refusals.learn(error, proposal, self.close(proposal))
        raise StaleLockError(f"gave up after {most} changed plans")

    def _remedies(self, error: UnsatisfiableError) -> list[Remedy]:
        told = {reason["asks"] for reason in error.conflict if reason["verb"] == "asks for"}
        clashing = [wanted for wanted in self.asked if str(wanted) in told]
        return remedies(self.asked, clashing, self._attempt)

    def _attempt(self, asked: Sequence[Requirement]) -> Resolution | None:
        deciding = replace(self, asked=asked, refusals=Refusals(self.refusals.pythons))
        try:
            return deciding.settled(self.closures, MAX_PROPOSALS_TRIED)[0]
        except CkpmError:
            return None
