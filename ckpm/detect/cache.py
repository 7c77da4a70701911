"""What programs printed, remembered by the fingerprint of the file that was run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ckpm.detect.kept import read_entries, write_entries
from ckpm.system.host import FileStatus
from ckpm.system.probe import ProbeResult

_FORMAT = 2
# What failed may have been waiting for a busy machine or lacked a library that is there tomorrow;
# asking it at each scan costs seconds.
_FAILURE_LIFETIME_S = 24 * 3600
# Versions stand near the top, and the whole file is read at each scan.
_MAX_OUTPUT = 8192


class ProbeCache:
    """One file below ``directory``; without a directory, nothing is remembered.

    ``fresh`` believes nothing that was remembered, and keeps it for other scans.
    """

    def __init__(self, directory: Path | None, *, fresh: bool = False) -> None:
        self._fresh = fresh
        self._file = directory / "probes.json" if directory else None
        self._entries: dict[str, Any] = read_entries(self._file, "probes", _FORMAT)
        self._used: dict[str, Any] = {}
        self._changed = False

    def answer(self, status: FileStatus, args: tuple[str, ...]) -> ProbeResult | None:
        """Return what the program printed when it was last asked, unless it changed since.

        The first of ``args`` is the name it was called by.
        """
        key = _key(status, args)
        entry: Any = () if self._fresh else self._entries.get(key, ())
        try:
            fingerprint, output, returncode, fault, at = entry
            is_stale = bool(fault or returncode) and not 0 <= time.time() - at < _FAILURE_LIFETIME_S
            if is_stale or fingerprint != list(status.fingerprint[1:]):
                return None
            result = ProbeResult(str(output), returncode, fault)
        except (TypeError, ValueError):  # no entry, or somebody else wrote it
            return None
        self._used[key] = entry
        return result

    def remember(self, status: FileStatus, args: tuple[str, ...], result: ProbeResult) -> None:
        """Keep an answer for the next scan."""
        fingerprint = list(status.fingerprint[1:])
        output = result.output[:_MAX_OUTPUT]
        entry = [fingerprint, output, result.returncode, result.fault, int(time.time())]
        self._used[_key(status, args)] = entry
        self._changed = True

    def save(self, *, is_whole: bool) -> None:
        """Write what is new; after a scan of everything, what no detector asked is dropped."""
        entries = self._used if is_whole else {**self._entries, **self._used}
        if self._file is None or not (self._changed or len(entries) < len(self._entries)):
            return
        write_entries(self._file, "probes", _FORMAT, entries)


def _key(status: FileStatus, args: tuple[str, ...]) -> str:
    return "\0".join([status.real_path, *args])
