"""The scan: everything that a machine has, by whom it was installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ckpm.detect.attribution import owned, site_of
from ckpm.detect.finders import Finders
from ckpm.detect.journal import Journal
from ckpm.detect.search import Search
from ckpm.detect.views import BoundedHost, ForeignHost
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.system.host import Host


def detect(
    detectors: Iterable[Detector],
    host: Host,
    search: Search | None = None,
    *,
    registered: Sequence[Installation] = (),
    cache: Path | None = None,
    journal: Journal | None = None,
) -> tuple[Installation, ...]:
    """Return what is installed, in the order of the detectors and nearest on ``PATH`` first.

    What is ``registered`` comes before, as long as it is there. ``cache`` is a directory in which
    answers are kept, by the fingerprint of what was run. Broken tools are warnings in the
    ``journal``, each by name.
    """
    search, journal = _foreign(search or Search(), host), journal or Journal()
    seen = _seen(host, search)
    finders = Finders(seen, search, journal, site_of(seen, journal), cache)
    found = (*_still_there(seen, search, registered, journal), *finders.find(list(detectors)))
    finders.cache.save(is_whole=search.packages is None)
    if not search.owners:
        return found
    return tuple(owned(seen, found, None if search.fresh else cache, journal))


def _foreign(search: Search, host: Host) -> Search:
    """The machine's own platform is no other one."""
    is_own = search.platform is not None and search.platform.name == host.platform.name
    return replace(search, platform=None) if is_own else search


def _seen(host: Host, search: Search) -> Host:
    """Return the part of the machine that the search is about."""
    if search.platform is not None:
        host = ForeignHost(host, search.platform)
    return BoundedHost(host, search.directories) if search.only else host


def _still_there(
    host: Host, search: Search, registered: Iterable[Installation], journal: Journal
) -> Iterator[Installation]:
    """Yield what a person registered, where the search may see it."""
    for each in registered if search.is_open else ():
        if not search.wants(each.package):
            continue
        if host.inspect(each.prefix) is not None:
            journal.taken(each.package, each.prefix, each.version.text, "it is registered")
            yield each
            continue
        journal.warn(
            f"`{each.package}` is registered at `{each.prefix}`, which is not there; "
            f"`ckpm register {each.package} --remove` forgets it"
        )
