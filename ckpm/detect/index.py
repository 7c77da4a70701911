"""An index of the names in the directories that are looked into, each listed once."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ckpm.system.host import Host

# What `*` stands for in the name of an executable: `gcc-*` is gcc-12, but not gcc-ar.
_VERSION_SUFFIX = r"\d+(?:\.\d+)*[a-z]?"


class Index:
    """The names in some directories, to be asked with patterns; earlier directories are nearer."""

    def __init__(self, host: Host, directories: Iterable[str]) -> None:
        self._paths: dict[str, list[tuple[int, str, str]]] = {}
        # Windows runs nothing without one, and calls programs without it.
        suffix = host.platform.executable_suffix
        for rank, directory in enumerate(dict.fromkeys(directories)):
            for name in host.names(directory):
                if name.lower().endswith(suffix):
                    entry = (rank, directory, f"{directory}/{name}")
                    self._paths.setdefault(name[: len(name) - len(suffix)], []).append(entry)
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


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_VERSION_SUFFIX.join(map(re.escape, pattern.split("*"))))
