"""What one activation script does, as a value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ckpm.model.environment import EnvChange, PrependPath, SetVar


@dataclass(frozen=True, slots=True)
class Activation:
    """One generation of an environment, and the changes that step into it, in order.

    ``environment`` tells it from every other one, ``name`` is what people call it.
    ``directory`` is the generation's own absolute path, never one through ``current``.
    """

    environment: str
    target: str
    directory: str
    changes: tuple[EnvChange, ...] = ()
    name: str = ""

    @property
    def all_changes(self) -> tuple[EnvChange, ...]:
        """``changes`` after those that every environment makes; ``exec`` plays the same ones."""
        return (
            SetVar("CKPM_ENV", self.name or self.environment),
            SetVar("CKPM_ENV_DIR", self.directory),
            SetVar("CKPM_TARGET", self.target),
            PrependPath("CKPM_STACK", self.directory),
            *self.changes,
        )

    @property
    def key(self) -> str:
        """A name for shell functions and variables, the same for all generations of one series."""
        series = f"{self.environment}\0{self.target}".encode("utf-8", "surrogateescape")
        return hashlib.sha256(series).hexdigest()[:12]
