"""Every shell that ckpm speaks, and the lines that people ``eval``.

Imports no more than it must: ``ckpm activate`` may take twice a bare interpreter, no longer.
"""

from __future__ import annotations

from ckpm.activate.cmd import Cmd
from ckpm.activate.fish import Fish
from ckpm.activate.posix import Posix
from ckpm.activate.powershell import PowerShell
from ckpm.errors import UsageError

TYPE_CHECKING = False  # importing `typing` would cost more than all of this package
if TYPE_CHECKING:
    from ckpm.activate.shell import Shell

SHELLS: tuple[Shell, ...] = (Posix(), Fish(), PowerShell(), Cmd())


def shell_named(name: str) -> Shell:
    """Return the shell that people call ``name``; raise ``UsageError`` for others."""
    for shell in SHELLS:
        if name in shell.names:
            return shell
    known = ", ".join(name for shell in SHELLS for name in shell.names)
    raise UsageError(f"unknown shell `{name}`", hints=[f"known shells: {known}"])


def activate_command(shell: str, directory: str) -> str:
    """Return the line that steps into the generation in ``directory``, an absolute path."""
    syntax = shell_named(shell)
    reason = syntax.objection(directory)
    if reason is not None:
        raise UsageError(f"{shell} cannot name the environment's directory: it holds {reason}")
    return syntax.activate_command(directory)


def deactivate_command(shell: str) -> str:
    """Return the line that leaves the innermost environment; harmless where there is none."""
    return shell_named(shell).deactivate
