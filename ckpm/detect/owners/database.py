"""What the databases of all package managers have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from ckpm.model.owner import Owner
from ckpm.system.host import Host

_FIRST_BYTES = 1 << 16
# More than any database has.
_MAX_BYTES = 1 << 26

# Inode, size and time of each file; equal after a trip through JSON.
Fingerprint = list[list[int] | None]

# Every module for one manager has it; the first text is the directory, the others are names of
# files. Only those that are owned are answered.
Find = Callable[[Host, str, frozenset[str]], dict[str, Owner]]


class UnreadableDatabaseError(Exception):
    """A database that is there, and cannot be asked."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where a package manager keeps what it knows.

    ``manager`` names the module beside this one that reads it. At least one of the ``files``
    changes with every package that comes or goes.
    """

    manager: str
    directory: str
    files: tuple[str, ...]

    def fingerprint(self, host: Host) -> Fingerprint | None:
        """Return another value when packages have changed; ``None`` where there is no database."""
        statuses = [host.inspect(f"{self.directory}/{file}") for file in self.files]
        if not any(statuses):
            return None
        return [[each.inode, each.size, each.mtime_ns] if each else None for each in statuses]

    def find(self, host: Host, names: frozenset[str]) -> dict[str, Owner]:
        """Return the owners of those files that have one.

        Raises `UnreadableDatabaseError` where that cannot be known.
        """
        # Most scans ask no database, because all answers are remembered.
        module = import_module(f"{__package__}.{self.manager}")
        find: Find = module.find
        return find(host, self.directory, names)


def read_whole(host: Host, path: str) -> bytes:
    """Read a file of a database, of which there are thousands.

    Most of them are small, and a buffer that is large enough for all costs more than they do.
    """
    start = host.read(path, _FIRST_BYTES)
    return start if len(start) < _FIRST_BYTES else host.read(path, _MAX_BYTES)


def undisputed(claims: Mapping[str, set[Owner]]) -> dict[str, Owner]:
    """Keep what one package alone claims; a directory like ``/usr/bin`` belongs to nobody."""
    return {name: next(iter(owners)) for name, owners in claims.items() if len(owners) == 1}
