"""Supply: whoever knows the packages, as the compiler asks for them.

Two supplies come with ckpm: ``offers.Offers`` (recipes, installations, facts) and ``listed.Listed``
(packages of the caller's own).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import Candidate, Rejection


@dataclass(frozen=True, slots=True)
class Wants:
    """What one candidate asks for: beside it, of its tools' scope, and not to be there."""

    needs: Sequence[Requirement] = ()
    tools: Sequence[Requirement] = ()
    conflicts: Sequence[Requirement] = ()


class Supply(Protocol):
    """Packages by name.

    Each question is asked at most once for each argument in one resolution, in an order that
    depends on the requirements alone. ``wants`` is asked only of candidates that the search looks
    at: the chosen ones, and all of a package that takes part in a conflict.
    """

    def candidates(self, package: str, scope: str) -> Sequence[Candidate]:
        """Return a package's own candidates in a scope, the preferred one first."""
        ...

    def providers(self, virtual: str) -> Sequence[str]:
        """Return the packages of which some candidate provides a virtual one, in stable order."""
        return ()

    def wants(self, candidate: Candidate) -> Wants:
        """Return what one candidate asks for, the most important first."""
        ...

    def scope(self, package: str, scope: str) -> str:
        """Return the scope in which a package that something in ``scope`` wants is chosen."""
        return scope

    def is_found(self, candidate: Candidate) -> bool:
        """Whether a provider comes before others because it is there already."""
        return False

    def left_out(self, package: str) -> Sequence[Rejection]:
        """Return what of a package is not offered at all, and why."""
        return ()

    def place(self, scope: str) -> str:
        """Return the name of the platform that a scope is for; empty where there is none."""
        return ""

    def elsewhere(self, package: str, options: Options = ()) -> str:
        """Return where a package that is not offered, or not so, could be had; else nothing."""
        return ""

    def stated(self, package: str, scope: str) -> str:
        """Return how a person can state a fact of the platform; empty for what is none."""
        return ""
