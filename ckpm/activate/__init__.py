"""Step into an environment from a shell: the one-line commands that people ``eval``.

The scripts that these lines source are written at install, by ``ckpm.activate.scripts``. That
module is not imported here, because ``ckpm activate`` must start without ``ckpm.model``.
"""

from ckpm.activate.shells import activate_command, deactivate_command

__all__ = ["activate_command", "deactivate_command"]
