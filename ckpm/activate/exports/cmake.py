"""A person's own CMake project: presets that include those of a generation."""

from __future__ import annotations

import json
from pathlib import Path

from ckpm.errors import ContentError

NAME = "CMakeUserPresets.json"


def include_presets(presets: Path, project: Path) -> Path:
    """Let a project's own presets include those of an environment, and return their file.

    What else stands there stays.

    Raises:
        ContentError: when it is no JSON.
    """
    file = project / NAME
    try:
        document = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except ValueError as error:
        raise ContentError([f"{file}:1: {error}"]) from error
    included = [name for name in document.get("include", []) if name != str(presets)]
    # Files include others since CMake 3.23, which reads version 4.
    document["version"] = max(4, int(document.get("version", 4)))
    document["include"] = [*included, str(presets)]
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return file
