"""Deciding jointly: the solver proposes, registries and uv settle, and refusals are learnt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ckpm.errors import StaleLockError
from ckpm.model.refusals import ClosureConflictError, SourceError
from ckpm.model.resolution import Candidate, Resolution
from ckpm.plan.conflicts import Refusals
from ckpm.plan.questions import Close

MAX_PROPOSALS = 25

Settled = TypeVar("Settled")


@dataclass(frozen=True)
class Deciding:
    """One request under way.

    ``propose`` resolves around what is refused so far. ``close`` asks for other closures of a
    proposal, ``forbid`` leaves a candidate out from now on, with the reason.
    """

    refusals: Refusals
    propose: Callable[[Refusals], Resolution]
    close: Callable[[Resolution], Close]
    forbid: Callable[[Candidate, str], None]

    def until(self, settle: Callable[[Resolution], Settled]) -> tuple[Resolution, Settled]:
        """Return the first proposal that can be settled, and what came of that.

        Raises:
            UnsatisfiableError: when nothing is left to propose; see ``propose``.
            ClosureConflictError: when Python packages clash whatever is proposed.
        """
        for _ in range(MAX_PROPOSALS):
            proposal = self.propose(self.refusals)
            try:
                return proposal, settle(proposal)
            except SourceError as error:
                self.forbid(error.candidate, error.reason)
            except ClosureConflictError as error:
                self.refusals.learn(error, proposal, self.close(proposal))
        raise StaleLockError(f"gave up after {MAX_PROPOSALS} changed plans")
