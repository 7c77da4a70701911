"""Installations: what detectors find on a machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ckpm.model.environment import EnvChange
from ckpm.model.owner import Owner
from ckpm.model.requirement import Options
from ckpm.model.version import Version

Ability = Literal["run", "link", "develop"]
ABILITIES: tuple[Ability, ...] = ("run", "link", "develop")


def normalised(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Installation:
    """One package as it was found.

    ``evidence`` lists the files that prove it, the one that was run first. ``python`` is the
    interpreter that a Python distribution belongs to; such a find only makes its version preferred,
    because an isolated environment cannot see it. ``owner`` is who installed it, where that is
    known. ``environment`` holds the changes without which it does not work, as an environment
    module would make them, and ``needs`` names what else the module loads.
    """

    package: str
    version: Version
    prefix: str
    evidence: tuple[str, ...]
    abilities: tuple[Ability, ...] = ("run",)
    options: Options = ()
    python: str | None = None
    origin: str = ""
    owner: Owner | None = None
    environment: tuple[EnvChange, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def executable(self) -> str:
        """The file that was found first."""
        return self.evidence[0]
