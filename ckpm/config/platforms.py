"""Read the descriptions of platforms: one data file each, beside this module or a person's own.

They are JSON and not YAML, because nearly every command needs one and JSON is read at once.
"""

from __future__ import annotations

import json
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from ckpm.errors import ContentError
from ckpm.model.platform import Platform

DIRECTORY = Path(__file__).parent / "platforms"
"""Where the platforms are described that ckpm itself knows."""


@lru_cache(maxsize=4)
def known_platforms(own: Path | None = None) -> dict[str, Platform]:
    """Return every described platform by name; those in the directory ``own`` come first.

    Raises:
        ContentError: for a file that describes none.
    """
    files = {path.stem: path for path in DIRECTORY.glob("*.json")}
    if own is not None and own.is_dir():
        files |= {path.stem: path for path in own.glob("*.json")}
    return {name: _read(path) for name, path in sorted(files.items())}


def _read(path: Path) -> Platform:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        described = {name: _frozen(value) for name, value in document.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ContentError([f"{path}:{getattr(error, 'lineno', 1)}: {error}"]) from error
    known = [field.name for field in fields(Platform)]
    faults = [f"{path}:1: there is no field `{name}`{_near(name, known)}" for name in described
              if name not in known]  # fmt: skip
    faults += [f"{path}:1: `{name}` is missing" for name in ("name", "os", "arch", "triple")
               if name not in described]  # fmt: skip
    if described.get("name", path.stem) != path.stem:
        faults.append(f"{path}:1: `name` is not the file's")
    if faults:
        raise ContentError(faults)
    return Platform(**described)


def _frozen(value: Any) -> Any:  # noqa: ANN401 - JSON's values are what they are
    if isinstance(value, dict):
        return tuple(sorted((name, str(item)) for name, item in value.items()))
    return tuple(map(str, value)) if isinstance(value, list) else value


def _near(name: str, known: list[str]) -> str:
    import difflib

    found = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean `{found[0]}`?" if found else ""
