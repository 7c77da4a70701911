"""Which files are content."""

from __future__ import annotations

import os
from pathlib import Path


def content_files(directory: Path) -> list[Path]:
    """List the content files of a directory, sorted; tests beside detectors are not content."""
    try:
        names = sorted(os.listdir(directory))  # noqa: PTH208 - sorting Paths costs milliseconds
    except OSError:
        return []
    return [
        directory / name
        for name in names
        if name.endswith(".yaml") and not name.endswith(".test.yaml")
    ]
