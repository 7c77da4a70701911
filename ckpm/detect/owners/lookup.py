"""Ask each package manager of the machine for the files that those before it do not own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ckpm.detect.journal import Report
from ckpm.detect.owners.cache import OwnerCache
from ckpm.detect.owners.database import Database, Fingerprint, UnreadableDatabaseError
from ckpm.detect.owners.layouts import owner_by_layout
from ckpm.detect.owners.names import FileNames
from ckpm.model.owner import Owner
from ckpm.system.host import Host

_RPM_FILES = ("rpmdb.sqlite", "Packages.db", "Packages")  # SQLite, ndb, Berkeley DB
_DPKG = Database("dpkg", "/var/lib/dpkg", ("status", "status.d", "info", "diversions"))
# With every package a new entry comes and an old one goes, so that the directory itself changes.
_PACMAN = Database("pacman", "/var/lib/pacman/local", (".",))
_DATABASES = (
    _DPKG,
    Database("apk", "/usr/lib/apk/db", ("installed",)),
    Database("apk", "/lib/apk/db", ("installed",)),
    _PACMAN,
    Database("rpm", "/usr/lib/sysimage/rpm", _RPM_FILES),
    Database("rpm", "/var/lib/rpm", _RPM_FILES),
)


def owners(
    host: Host, paths: Iterable[str], cache: OwnerCache, report: Report | None = None
) -> dict[str, Owner]:
    """Return the owner of each of these files and directories that one package owns.

    What a path leads to decides: ``/usr/bin/gcc`` belongs to the package of the compiler behind
    its links. A database that cannot be read owns nothing; one that fails goes to ``report``.
    """
    file_names = FileNames(host)
    names = {path: file_names.of(path) for path in paths}
    found = {path: owner_by_layout(host, known[0]) for path, known in names.items() if known}
    inquiry = _Inquiry(host, cache, report)
    for database in _databases(host) if found else ():
        rest = {path: names[path] for path, owner in found.items() if owner is None}
        owned = inquiry.ask(database, frozenset(chain.from_iterable(rest.values())))
        found.update({path: _first(owned, known) for path, known in rest.items()})
    cache.save()
    return {path: owner for path, owner in found.items() if owner}


def _databases(host: Host) -> Iterator[Database]:
    """Yield the databases of this machine; a directory can have two names."""
    seen: set[tuple[int, int]] = set()
    for database in (*_DATABASES, *_below_prefix(host)):
        status = host.inspect(database.directory)
        if status is not None and status.identity not in seen:
            seen.add(status.identity)
            yield database


def _below_prefix(host: Host) -> Iterator[Database]:
    """Termux keeps Debian's and Arch's directories below the root of its own."""
    prefix = host.environ.get("PREFIX", "").rstrip("/")
    if prefix.startswith("/"):
        yield from (replace(each, directory=prefix + each.directory) for each in (_DPKG, _PACMAN))


@dataclass(frozen=True, slots=True)
class _Inquiry:
    host: Host
    cache: OwnerCache
    report: Report | None

    def ask(self, database: Database, names: frozenset[str]) -> Mapping[str, Owner | None]:
        """Return what is known of these names, and perhaps of others."""
        fingerprint = database.fingerprint(self.host)
        if fingerprint is None:
            return {}
        known = self.cache.answers(database.directory, fingerprint)
        if not names <= known.keys():
            try:
                known |= self._learn(database, fingerprint, names - known.keys())
            except UnreadableDatabaseError as error:
                self._tell(str(error))
        return known

    def _learn(
        self, database: Database, fingerprint: Fingerprint, names: frozenset[str]
    ) -> dict[str, Owner | None]:
        fault = self.cache.fault(database.directory, fingerprint)
        if fault is not None:
            raise UnreadableDatabaseError(fault)
        try:
            found = database.find(self.host, names)
        except UnreadableDatabaseError as error:
            self.cache.remember_fault(database.directory, fingerprint, str(error))
            raise
        answers = {name: found.get(name) for name in names}
        self.cache.remember(database.directory, fingerprint, answers)
        return answers

    def _tell(self, fault: str) -> None:
        if self.report is not None:
            self.report(fault)


def _first(owned: Mapping[str, Owner | None], names: Sequence[str]) -> Owner | None:
    return next((owner for name in names if (owner := owned.get(name))), None)
