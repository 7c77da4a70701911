"""Choose the program and the variables of ``ckpm exec``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping

from ckpm.errors import NotFoundError
from ckpm.model.environment import EnvChange, apply_changes


def environment_for(changes: Iterable[EnvChange], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a program run in the environment sees."""
    return apply_changes(changes, environ, os.pathsep)


def find_program(name: str, environ: Mapping[str, str]) -> str:
    """Return the path of a program as ``environ`` finds it, never this process's own ``PATH``."""
    # An empty search path would make `which` fall back to this process's PATH, and an empty entry
    # would search the current directory.
    entries = [entry for entry in environ.get("PATH", "").split(os.pathsep) if entry]
    path = shutil.which(name, path=os.pathsep.join(entries) or os.devnull)
    if path is None:
        raise NotFoundError(f"no program `{name}` in this environment", hints=[_hint(name)])
    return path


def _hint(name: str) -> str:
    if os.sep in name:
        return f"check that `{name}` exists and may be executed"
    return f"find a package that has it with `ckpm search {name}`"
