"""What tells a project's environment from all others, found without YAML or a path's class.

The fast path needs nothing else of a project, and imports nothing else. A project is anybody's:
what it calls itself becomes the name of a directory only where it is a name.
"""

from __future__ import annotations

import os

DEFAULT = "default"
UNNAMED = "project"
MAX_LENGTH = 100
MAX_TEXT = 1 << 16


def is_name(text: str) -> bool:
    """Whether a text can name an environment: lower-case letters, digits, and ``- _ .`` inside."""
    ends_well = text[:1].isalnum() and text[-1:].isalnum()
    letters = text.translate({ord(sign): None for sign in "-_."})
    is_plain = letters.isascii() and letters.isalnum() and text == text.lower()
    return ends_well and is_plain and len(text) <= MAX_LENGTH


def project_key(file: str) -> tuple[str, str]:
    """Return the name of a project and the key of its environment; projects may share a name.

    What cannot be a name is told when the file is read; until then the project is ``project``.
    """
    stated = _project_name(file)
    name = stated if is_name(stated) else UNNAMED
    return name, f"{name}-{path_digest(file)}"


def path_digest(file: str) -> str:
    """Return what tells a file from one of the same name elsewhere."""
    # Slow to import, and needed for projects alone.
    import hashlib

    return hashlib.sha256(os.path.realpath(file).encode()).hexdigest()[:16]


def _project_name(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as lines:  # noqa: PTH123
            # A name stands near the top, and a file may have no end.
            for line in lines.read(MAX_TEXT).splitlines():
                if line.startswith("name:"):
                    return line.removeprefix("name:").split("#")[0].strip().strip("'\"") or DEFAULT
    except (OSError, UnicodeDecodeError):
        pass
    return os.path.basename(os.path.dirname(file)).lower() or DEFAULT  # noqa: PTH119, PTH120
