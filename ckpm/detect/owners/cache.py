"""Which packages own files, remembered until their database changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ckpm.detect.kept import read_entries, write_entries
from ckpm.detect.owners.database import Fingerprint
from ckpm.model.owner import Owner

_FORMAT = 1
# A database may have been locked by somebody; asking one that is broken at each scan costs seconds.
_FAULT_LIFETIME_S = 24 * 3600


class OwnerCache:
    """One file below ``directory``; without a directory, nothing is remembered."""

    def __init__(self, directory: Path | None) -> None:
        self._file = directory / "owners.json" if directory else None
        self._entries: dict[str, Any] = read_entries(self._file, "databases", _FORMAT)
        self._changed = False

    def answers(self, database: str, fingerprint: Fingerprint) -> dict[str, Owner | None]:
        """Return what the database answered when it was last asked, unless it changed since."""
        return dict(_answers(self._current(database, fingerprint).get("owners")))

    def fault(self, database: str, fingerprint: Fingerprint) -> str | None:
        """Return why the database could not be asked, if that is not long ago."""
        match self._current(database, fingerprint):
            case {"fault": str(fault), "at": int(at)} if 0 <= time.time() - at < _FAULT_LIFETIME_S:
                return fault
        return None

    def remember(
        self, database: str, fingerprint: Fingerprint, owners: Mapping[str, Owner | None]
    ) -> None:
        """Keep answers for the next scan."""
        known = {**self.answers(database, fingerprint), **owners}
        rows = {name: each and _row(each) for name, each in known.items()}
        self._keep(database, fingerprint=fingerprint, owners=rows)

    def remember_fault(self, database: str, fingerprint: Fingerprint, fault: str) -> None:
        """Keep why the database cannot be asked."""
        rows = self._current(database, fingerprint).get("owners")
        now = int(time.time())
        self._keep(database, fingerprint=fingerprint, owners=rows, fault=fault, at=now)

    def save(self) -> None:
        """Write what is new."""
        if self._file is not None and self._changed:
            write_entries(self._file, "databases", _FORMAT, self._entries)

    def _current(self, database: str, fingerprint: Fingerprint) -> dict[str, Any]:
        entry = self._entries.get(database)
        if isinstance(entry, dict) and entry.get("fingerprint") == fingerprint:
            return entry
        return {}

    def _keep(self, database: str, **entry: object) -> None:
        self._entries[database] = entry
        self._changed = True


def _row(owner: Owner) -> list[str]:
    return [owner.manager, owner.package, owner.version]


def _answers(rows: object) -> Iterator[tuple[str, Owner | None]]:
    """Leave out what somebody else has written."""
    for name, row in rows.items() if isinstance(rows, dict) else ():
        if row is None:
            yield name, None
        elif isinstance(row, list) and [type(part) for part in row] == [str, str, str]:
            yield name, Owner(*row)
