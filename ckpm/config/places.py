"""Which environment is meant: the project's, a ready one, or the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ckpm.config.project_key import DEFAULT, is_name, path_digest, project_key
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.pairs import pair, unanimous
from ckpm.model.request import Place

PROJECT_FILE = "ckpm.yaml"
LOCK_FILE = "ckpm.lock"

_OPTIONS = re.compile(r"[a-z][a-z0-9-]*=[A-Za-z0-9][A-Za-z0-9._-]*")


def find_place(
    name: str | None,
    directory: Path,
    environments: Path,
    ready: Sequence[Path],
    *,
    create: bool = False,
) -> Place:
    """Return the environment that ``name`` means in ``directory``.

    Without a name: the nearest ``ckpm.yaml`` upward, else the user environment ``default``. A name
    may be that of a variant; with ``create`` it may be new.

    Raises:
        NotFoundError: for a name that no environment has.
        UsageError: for what cannot be a name.
    """
    if name is None:
        return _find(None, directory, environments, ready)
    name, options = split_variant(name)
    try:
        place = _find(name, directory, environments, ready)
    except NotFoundError:
        if not create:
            raise
        place = own_place(name, environments)
    return variant(place, options) if options else place


def split_variant(name: str) -> tuple[str, dict[str, str]]:
    """Read ``NAME`` or ``NAME+option=value,other=value``: an environment, and its options.

    Raises:
        UsageError: for what is neither.
    """
    base, joined, text = name.partition("+")
    pairs = text.split(",") if joined else []
    if not is_name(base) or not all(map(_OPTIONS.fullmatch, pairs)):
        raise UsageError(
            f"`{name}` is no name of an environment",
            hints=[
                "use lower-case letters, digits, - _ .",
                "a choice of its options is written `NAME+option=value,other=value`",
            ],
        )
    return base, unanimous(map(pair, pairs))


def variant(place: Place, options: Mapping[str, str]) -> Place:
    """Return the place of a choice of options, which has its own generations and its own lock."""
    suffix = ",".join(f"{name}={value}" for name, value in sorted(options.items()))
    lock = place.lock.with_name(f"{place.lock.stem}.{suffix}{place.lock.suffix}")
    if place.is_ready:
        lock = place.lock.parent.with_name(f"{place.key}+{suffix}") / place.lock.name
    return replace(place, key=f"{place.key}+{suffix}", lock=lock)


def _find(name: str | None, directory: Path, environments: Path, ready: Sequence[Path]) -> Place:
    project = find_project(directory)
    if name is None and project is not None:
        return project_place(project)
    wanted = name or DEFAULT
    own = own_place(wanted, environments)
    if wanted == DEFAULT or own.file.is_file():
        return own
    for path in ready:
        if path.stem == wanted:
            return _ready_place(path, environments, project)
    if project is not None and project_place(project).name == wanted:
        return project_place(project)
    raise NotFoundError(
        f"there is no environment `{wanted}`", hints=["`ckpm env list` lists them all"]
    )


def _ready_place(path: Path, environments: Path, project: Path | None) -> Place:
    """Return the place of a ready environment; what a project has ready is its own."""
    name = key = path.stem
    own = project.parent if project and path.is_relative_to(project.parent) else None
    if own is not None:
        key = f"{name}-{path_digest(str(path))}"
    return Place(name, key, path, environments / key / LOCK_FILE, is_ready=True, project=own)


def find_project(directory: Path) -> Path | None:
    """Return the nearest ``ckpm.yaml`` at or above a directory."""
    candidates = (parent / PROJECT_FILE for parent in (directory, *directory.parents))
    return next((path for path in candidates if path.is_file()), None)


def project_place(file: Path) -> Place:
    """Return the place of a project's environment; its key tells apart projects of one name."""
    name, key = project_key(str(file))
    lock = file.with_name(LOCK_FILE)
    return Place(name, key, file, lock, is_project=True, project=file.parent)


def own_place(name: str, environments: Path) -> Place:
    """Return the place of a user environment, which need not exist yet."""
    directory = environments / name
    return Place(name, name, directory / PROJECT_FILE, directory / LOCK_FILE)
