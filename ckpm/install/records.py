"""Read what a generation says of itself."""

from __future__ import annotations

import json
from pathlib import Path

from ckpm.errors import NotFoundError
from ckpm.install.generations import decode_changes
from ckpm.model.environment import EnvChange
from ckpm.model.installation import normalised


def generation_digest(directory: Path) -> str | None:
    """Return the digest of the step that made a generation, or ``None`` when it is damaged.

    A package that somebody took out of the store damages every generation that links to it.
    """
    try:
        digest = json.loads((directory / "environment.json").read_text(encoding="utf-8"))["digest"]
        is_whole = all(link.exists() for link in (directory / "packages").iterdir())
    except (OSError, ValueError, KeyError):
        return None
    return digest if is_whole and isinstance(digest, str) else None


def added_by_hand(directory: Path) -> list[str]:
    """Return the Python distributions that somebody's pip put into a generation, sorted."""
    try:
        record = json.loads((directory / "environment.json").read_text(encoding="utf-8"))
        ours = {normalised(name) for name in record["python"]}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    found = directory.glob("venv/lib/python*/site-packages/*.dist-info")
    names = (path.name.removesuffix(".dist-info").rpartition("-")[0] for path in found)
    return sorted(name for name in names if normalised(name) not in ours)


def read_generation(directory: Path) -> tuple[EnvChange, ...]:
    """Return the changes of a generation.

    Raises:
        NotFoundError: when the generation is damaged.
    """
    try:
        record = json.loads((directory / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotFoundError(
            f"the generation `{directory}` is damaged", hints=["run `ckpm install` again"]
        ) from error
    return decode_changes(record["changes"])
