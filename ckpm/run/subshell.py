"""Choose how ``ckpm shell`` starts an interactive shell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ckpm.model.environment import EnvChange
from ckpm.run.command import environment_for


def subshell(
    shell_path: str, environ: Mapping[str, str], changes: Iterable[EnvChange]
) -> tuple[list[str], dict[str, str]]:
    """Return the argument list and the variables of a shell in the environment.

    The shell reads the person's own start-up files, as any new shell does; one that sets ``PATH``
    outright takes the environment's programs away again.
    """
    # No option: every shell is interactive on a terminal by itself, and none may be a login shell,
    # because `/etc/profile` sets PATH outright.
    return [shell_path], environment_for(changes, environ)
