"""Paths as variables and registries hold them: absolute ones, with slashes, on every system."""

from __future__ import annotations

import re

from ckpm.model.platform import Platform
from ckpm.system.host import Host

_DRIVE = re.compile(r"[A-Za-z]:/")


def absolute_path(platform: Platform, text: str) -> str | None:
    """Return the path without a slash at its end; ``None`` for what means wherever we are."""
    if platform.os == "windows":
        text = text.strip().strip('"').replace("\\", "/")
        is_absolute = _DRIVE.match(text) is not None
    else:
        is_absolute = text.startswith("/")
    return text.rstrip("/") or "/" if is_absolute else None


def path_list(host: Host, variable: str) -> list[str]:
    """Return the absolute directories in a variable like ``PATH``."""
    separator = ";" if host.platform.os == "windows" else ":"
    # Windows writes "Path", and takes any other case for it.
    text = host.environ.get(variable) or host.environ.get(variable.title()) or ""
    found = (absolute_path(host.platform, entry) for entry in text.split(separator))
    return [path for path in found if path]
