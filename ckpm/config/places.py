"""Which environment is meant: the project's, a ready one, or the user's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from ckpm.errors import NotFoundError, UsageError
from ckpm.model.request import Place

PROJECT_FILE = "ckpm.yaml"
LOCK_FILE = "ckpm.lock"
DEFAULT = "default"

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._+=,-]*[a-z0-9])?")


def find_place(
    name: str | None, directory: Path, environments: Path, ready: Sequence[Path]
) -> Place:
    """Return the environment that ``name`` means in ``directory``.

    Without a name: the nearest ``ckpm.yaml`` upward, else the user environment ``default``.

    Raises:
        NotFoundError: for a name that no environment has.
    """
    if name is not None and not _NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` is no name of an environment",
            hints=["use lower-case letters, digits, - _ ."],
        )
    project = find_project(directory)
    if name is None and project is not None:
        return project_place(project)
    wanted = name or DEFAULT
    own = own_place(wanted, environments)
    if wanted == DEFAULT or own.file.is_file():
        return own
    for path in ready:
        if path.stem == wanted:
            return Place(wanted, wanted, path, environments / wanted / LOCK_FILE, is_ready=True)
    if project is not None and project_place(project).name == wanted:
        return project_place(project)
    raise NotFoundError(
        f"there is no environment `{wanted}`", hints=["`ckpm env list` lists them all"]
    )


def find_project(directory: Path) -> Path | None:
    """Return the nearest ``ckpm.yaml`` at or above a directory."""
    candidates = (parent / PROJECT_FILE for parent in (directory, *directory.parents))
    return next((path for path in candidates if path.is_file()), None)


def project_place(file: Path) -> Place:
    """Return the place of a project's environment; its key tells apart projects of one name."""
    name = _project_name(file)
    digest = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]
    return Place(name, f"{name}-{digest}", file, file.with_name(LOCK_FILE), is_project=True)


def own_place(name: str, environments: Path) -> Place:
    """Return the place of a user environment, which need not exist yet."""
    directory = environments / name
    return Place(name, name, directory / PROJECT_FILE, directory / LOCK_FILE)


def _project_name(file: Path) -> str:
    # The name decides where the environment lies, and must be known on the fast path without YAML.
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("name:"):
                return line.removeprefix("name:").split("#")[0].strip().strip("'\"") or DEFAULT
    except (OSError, UnicodeDecodeError):
        pass
    return file.parent.name.lower() or DEFAULT
