"""What is kept from one scan to the next: a file of entries, damaged ones worth nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def read_entries(file: Path | None, name: str, version: int) -> dict[str, Any]:
    """Return the entries called ``name``; none where there is no file of this format."""
    with suppress(OSError, ValueError, RecursionError):
        document = json.loads(file.read_bytes()) if file else None
        if isinstance(document, dict) and document.get("format") == version:
            entries = document.get(name)
            return entries if isinstance(entries, dict) else {}
    return {}


def write_entries(file: Path, name: str, version: int, entries: Mapping[str, Any]) -> None:
    """Replace the file; one that cannot be written only costs time."""
    from ckpm.system.files import StorageError, write_text

    text = json.dumps({"format": version, name: entries}, separators=(",", ":"))
    with suppress(OSError, StorageError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, text)
