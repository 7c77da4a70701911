"""Where the bundled content lies: inside the wheel, or beside ``ckpm/`` in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE_DIR = Path(__file__).parent


def bundled_dir(kind: str) -> Path:
    """Return the directory of bundled ``recipes``, ``detectors`` or ``envs``."""
    packaged = _PACKAGE_DIR / "_bundled" / kind
    return packaged if packaged.is_dir() else _PACKAGE_DIR.parent / kind
