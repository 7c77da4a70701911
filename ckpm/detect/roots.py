"""The directories that detectors name: variables, homes, stars, and the places people keep data."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ckpm.system.host import Host

_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")


def expand_roots(host: Host, roots: Iterable[str]) -> list[str]:
    """Fill in ``~``, ``$VARIABLE`` and ``*``; a root that speaks of an unset variable is none."""
    return [path for root in roots for path in _expand(host, root)]


def _expand(host: Host, root: str) -> list[str]:
    head, *components = root.split("/")
    home = "$HOME" if head == "~" else head
    start = _substitute(host, home)
    # Nothing below "" is the file system's root; a relative root would mean wherever we are.
    if start is None or (head and not start.startswith("/")):
        return []
    paths = [start.rstrip("/")]
    for component in components:
        paths = [below for path in paths for below in _below(host, path, component)]
    return paths


def _below(host: Host, path: str, component: str) -> list[str]:
    if "*" not in component:
        filled = _substitute(host, component)
        return [] if filled is None else [f"{path}/{filled}"]
    matches = re.compile(".*".join(map(re.escape, component.split("*")))).fullmatch
    return [f"{path}/{name}" for name in host.names(path or "/") if matches(name)]


def _substitute(host: Host, text: str) -> str | None:
    names = [first or second for first, second in _VARIABLE.findall(text)]
    if not all(host.environ.get(name) for name in names):
        return None
    return _VARIABLE.sub(lambda match: host.environ[match[1] or match[2]], text)
