"""Read the descriptions of platforms: one data file each, beside this module.

They are JSON and not YAML, because nearly every command needs one and JSON is read at once.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from ckpm.errors import ContentError
from ckpm.model.platform import Platform

_DIRECTORY = Path(__file__).parent / "platforms"


@lru_cache(maxsize=1)
def known_platforms() -> dict[str, Platform]:
    """Return every described platform by name."""
    return {path.stem: _read(path) for path in sorted(_DIRECTORY.glob("*.json"))}


def _read(path: Path) -> Platform:
    fields = json.loads(path.read_text(encoding="utf-8"))
    for name, value in fields.items():
        if isinstance(value, dict):
            fields[name] = tuple(sorted(value.items()))
        elif isinstance(value, list):
            fields[name] = tuple(value)
    try:
        return Platform(**fields)
    except TypeError as error:
        raise ContentError([f"{path}:1: {error}"]) from error
