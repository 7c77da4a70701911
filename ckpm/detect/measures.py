"""Counts and digests of data, remembered by the fingerprint of what was counted or read."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from ckpm.detect.kept import read_entries, write_entries
from ckpm.detect.patterns import starred
from ckpm.system.host import FileStatus, Host

_FORMAT = 1
# What changed a moment ago may still be changing, within one tick of the file system's clock.
_SETTLED_NS = 2_000_000_000


class Measures:
    """What takes time to find out of one machine; without a directory, nothing is remembered."""

    def __init__(self, host: Host, directory: Path | None, *, fresh: bool = False) -> None:
        self._host = host
        self._fresh = fresh
        self._file = directory / "measures.json" if directory else None

    def count(self, directory: str, pattern: str) -> int:
        """Return how many names match, in which ``*`` is anything; hidden ones are not meant."""
        # Adding or removing a name changes when the directory was changed.
        found = self._known(directory, pattern, lambda: self._count(directory, pattern))
        return found if isinstance(found, int) else 0

    def digest(self, path: str, algorithm: str) -> str | None:
        """Return the digest of a file in hexadecimal; ``None`` where it cannot be read."""
        found = self._known(path, algorithm, lambda: self._host.digest(path, algorithm))
        return None if found is None else str(found)

    def _count(self, directory: str, pattern: str) -> int:
        matches = starred(pattern)
        shown = (name for name in self._host.names(directory) if not name.startswith("."))
        return sum(matches(name) for name in shown)

    def _known(self, path: str, what: str, measure: Callable[[], object]) -> object:
        status = self._host.inspect(path)
        if status is None:
            return None
        key, fingerprint = f"{status.real_path}\0{what}", list(status.fingerprint[1:])
        kept = self._entries.get(key)
        if isinstance(kept, list) and len(kept) == 2 and kept[0] == fingerprint:
            return kept[1]
        found = measure()
        if found is not None and _is_settled(status):
            self._entries[key] = [fingerprint, found]
            self._save()
        return found

    @cached_property
    def _entries(self) -> dict[str, Any]:
        known = None if self._fresh else self._file
        return read_entries(known, "measures", _FORMAT)

    def _save(self) -> None:
        """Write at once: somebody who loses patience with a big file keeps what was read."""
        if self._file is not None:
            write_entries(self._file, "measures", _FORMAT, self._entries)


def _is_settled(status: FileStatus) -> bool:
    return time.time_ns() - status.mtime_ns > _SETTLED_NS
