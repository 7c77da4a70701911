"""Requests: which environment is meant, what was decided for it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.errors import StaleLockError
from ckpm.model.platform import Platform
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import DETECTED_FIRST, Preferences, Resolution

# Every command reads requests; what locks and plans are made of, those that make them.
if TYPE_CHECKING:
    from ckpm.model.environment import EnvChange
    from ckpm.model.lock import Lock, LockedTarget, Move
    from ckpm.model.plan import Plan


@dataclass(frozen=True)
class Place:
    """Where an environment is declared, locked and realised.

    ``name`` is what people say, ``key`` the directory's name in the store. ``ready`` ones ship with
    ckpm or other content and are not edited. ``project`` is the directory of the project that says
    what it is, if one does; the lock of ``is_project`` ones lies there too.
    """

    name: str
    key: str
    file: Path
    lock: Path
    is_project: bool = False
    is_ready: bool = False
    project: Path | None = None


@dataclass(frozen=True)
class Choices:
    """What a person may say about a request."""

    offline: bool = False
    allow_unverified: bool = False
    prefer: Preferences = DETECTED_FIRST
    timeout_s: float | None = None
    use_detected: bool = True


@dataclass(frozen=True)
class Prepared:
    """Everything decided, and nothing done yet.

    ``resolution`` is ``None`` where the lock was used as it is; ``keep`` says whether versions that
    were locked before are preferred, and ``moves`` what changes of them.
    """

    place: Place
    requirements: tuple[Requirement, ...]
    target: Platform
    lock: Lock
    plan: Plan
    resolution: Resolution | None = None
    keep: bool = True
    moves: tuple[Move, ...] = ()

    @property
    def locked(self) -> LockedTarget:
        """What is locked for the target."""
        found = self.lock.target(self.target.name)
        if found is None:
            raise StaleLockError(f"nothing is locked for {self.target.name}")
        return found


@dataclass(frozen=True)
class Environment:
    """One generation of an environment, ready to step into.

    ``made_from`` is what was really carried out, when it was just installed: sources that could not
    be reached change a plan on the way.
    """

    name: str
    target: str
    directory: Path
    changes: tuple[EnvChange, ...]
    made_from: Prepared | None = None
