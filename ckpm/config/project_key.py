"""What tells a project's environment from all others, found without YAML or a path's class.

The fast path needs nothing else of a project, and imports nothing else.
"""

from __future__ import annotations

import hashlib
import os

DEFAULT = "default"


def project_key(file: str) -> tuple[str, str]:
    """Return the name of a project and the key of its environment; projects may share a name."""
    name = _project_name(file)
    digest = hashlib.sha256(os.path.realpath(file).encode()).hexdigest()[:8]
    return name, f"{name}-{digest}"


def _project_name(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as lines:  # noqa: PTH123
            for line in lines:
                if line.startswith("name:"):
                    return line.removeprefix("name:").split("#")[0].strip().strip("'\"") or DEFAULT
    except (OSError, UnicodeDecodeError):
        pass
    return os.path.basename(os.path.dirname(file)).lower() or DEFAULT  # noqa: PTH119, PTH120
