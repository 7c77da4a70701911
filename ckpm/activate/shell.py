"""What a shell has to know to play environment changes: syntax, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

Step = tuple[str, str]
"""Script text that does one effect, and the text that undoes it."""


class Shell(Protocol):
    """One family of shells that share a script.

    ``key`` names the environment in functions and variables; it holds letters and digits only.
    Values reach ``assign`` and ``edit`` only when ``objection`` had nothing against them.
    """

    names: tuple[str, ...]
    """What people call these shells, the family's name first."""
    script_file: str
    separator: str
    """What stands between the entries of a search path."""
    reserved: frozenset[str]
    """Variables that these shells keep for themselves."""
    refusal: str
    """The script that prints ``MESSAGE`` (no quote, backslash or per cent sign in it) and fails."""
    deactivate: str
    """The line that leaves the innermost environment, and does nothing where there is none."""

    def objection(self, value: str) -> str | None:
        """Return what in ``value`` this shell cannot hold, or ``None``."""
        ...

    def assign(self, key: str, name: str, value: str | None) -> Step: ...

    def edit(self, key: str, name: str, front: Sequence[str], back: Sequence[str]) -> Step: ...

    def script(self, key: str, steps: Sequence[Step]) -> str:
        """Return the whole script; undoing goes backwards."""
        ...

    def activate_command(self, directory: str) -> str:
        """Return the line that sources the script in ``directory``, which is absolute."""
        ...
