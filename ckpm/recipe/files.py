"""Which files are content."""

from __future__ import annotations

import os
from pathlib import Path


def content_files(directory: Path) -> list[Path]:
    """List the content files of a directory, sorted; tests beside detectors are not content."""
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries if _is_content(entry)]
    except OSError:
        return []
    return [directory / name for name in sorted(names)]


def _is_content(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    # What is no regular file may have no end.
    return name.endswith(".yaml") and not name.endswith(".test.yaml") and entry.is_file()
