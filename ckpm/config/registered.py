"""Installations that a person has registered, for what no detector can know; JSON, read at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ckpm.errors import ContentError
from ckpm.model.installation import ABILITIES, Installation
from ckpm.model.owner import Owner
from ckpm.model.version import Version
from ckpm.system.files import write_text

MANAGER = "ckpm register"


def read_registered(file: Path) -> tuple[Installation, ...]:
    """Return what was registered, in that order; no file is none.

    Raises:
        ContentError: when the file is not what ckpm writes.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError([f"{file}: cannot be read: {error}"]) from error
    try:
        return tuple(_installation(entry, file) for entry in json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ContentError([f"{file}: is not what `ckpm register` writes: {error}"]) from error


def write_registered(file: Path, installations: Iterable[Installation]) -> None:
    """Replace what is registered."""
    entries = [
        {
            "package": each.package,
            "version": each.version.text,
            "prefix": each.prefix,
            "evidence": list(each.evidence),
            "abilities": list(each.abilities),
            "options": dict(each.options),
        }
        for each in installations
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps(entries, indent=2) + "\n")


def _installation(entry: dict[str, Any], file: Path) -> Installation:
    version = Version(str(entry["version"]))
    return Installation(
        str(entry["package"]),
        version,
        str(entry["prefix"]),
        tuple(map(str, entry["evidence"])),
        tuple(ability for ability in ABILITIES if ability in entry["abilities"]),
        tuple(sorted(_texts(entry["options"]))),
        origin=str(file),
        owner=Owner(MANAGER, str(entry["package"]), version.text),
    )


def _texts(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    return ((str(name), str(value)) for name, value in table.items())
