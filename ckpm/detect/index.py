"""Which directories are looked into, and an index of the names in them, each listed once."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from ckpm.detect.shims import behind_shims
from ckpm.system.host import Host

Report = Callable[[str], None]

# What `*` stands for in the name of an executable: `gcc-*` is gcc-12, but not gcc-ar.
_VERSION_SUFFIX = r"\d+(?:\.\d+)*[a-z]?"
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")


class Index:
    """The names in some directories, to be asked with patterns; earlier directories are nearer."""

    def __init__(self, host: Host, directories: Iterable[str]) -> None:
        self._paths: dict[str, list[tuple[int, str, str]]] = {}
        for rank, directory in enumerate(dict.fromkeys(directories)):
            for name in host.names(directory):
                self._paths.setdefault(name, []).append((rank, directory, f"{directory}/{name}"))
        self._names = sorted(self._paths)

    def matching(self, patterns: Sequence[str], directories: Iterable[str]) -> list[str]:
        """Return the paths in these directories, nearest first, then in the patterns' order."""
        allowed = frozenset(directories)
        found = [
            (rank, order, path)
            for order, pattern in enumerate(patterns)
            for name in self._matching_names(pattern)
            for rank, directory, path in self._paths[name]
            if directory in allowed
        ]
        return [path for _, _, path in sorted(found)]

    def _matching_names(self, pattern: str) -> Iterator[str]:
        start, star, _ = pattern.partition("*")
        if not star:
            yield from [pattern] if pattern in self._paths else ()
            return
        matches = _compiled(pattern).fullmatch
        for name in self._names[bisect_left(self._names, start) :]:
            if not name.startswith(start):
                return
            if matches(name):
                yield name


def search_path(host: Host, report: Report) -> list[str]:
    """Return the directories of ``PATH`` whose files may be run, without repetition.

    Left out are empty and relative entries, which mean wherever we happen to be, and directories
    that anybody may write to. In place of a directory of shims stand the real ones behind it.
    """
    entries = host.environ.get("PATH", "").split(":")
    directories: list[str] = []
    for entry in entries:
        if not entry.startswith("/"):
            continue
        directory = entry.rstrip("/") or "/"
        is_shims = directory.endswith("/shims")
        directories += behind_shims(host, directory) if is_shims else [directory]
    return usable(host, directories, report)


def usable(host: Host, directories: Iterable[str], report: Report) -> list[str]:
    """Keep the directories that exist and that only their owner can write, each real one once."""
    kept: dict[tuple[int, int], str] = {}
    for directory in directories:
        status = host.inspect(directory)
        if status is None or not status.is_directory or status.identity in kept:
            continue
        if status.is_world_writable:
            report(f"`{directory}` can be written by anybody; nothing in it is run")
            continue
        kept[status.identity] = directory
    return list(kept.values())


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


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_VERSION_SUFFIX.join(map(re.escape, pattern.split("*"))))
