"""The scan: one index, every detector against it, and only what matches is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

from ckpm.detect.cache import ProbeCache
from ckpm.detect.distributions import find_distributions, read_sites
from ckpm.detect.executables import find_programs, recognise
from ckpm.detect.files import find_by_files
from ckpm.detect.index import Index
from ckpm.detect.journal import Journal
from ckpm.detect.libraries import find_by_libraries
from ckpm.detect.patterns import UnusablePatternError
from ckpm.detect.probes import Program, Question, ask
from ckpm.detect.search import Places, Search
from ckpm.detect.views import BoundedHost
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.system.host import Host

# Python distributions are looked for in what the detector of this package finds.
_INTERPRETER = "python"


def detect(
    detectors: Iterable[Detector],
    host: Host,
    *,
    packages: Collection[str] | None = None,
    search: Search | None = None,
    cache: Path | None = None,
    journal: Journal | None = None,
) -> tuple[Installation, ...]:
    """Return what is installed, in the order of the detectors and nearest on ``PATH`` first.

    ``packages`` narrows the scan; ``cache`` is a directory in which answers are kept, by the
    fingerprint of what was run. Broken tools are warnings in the ``journal``, each by name.
    """
    every = list(detectors)
    wanted = [each for each in every if packages is None or each.package in packages]
    scan = _Scan(host, search or Search(), journal or Journal(), ProbeCache(cache))
    programs = scan.programs(_with_interpreters(every, wanted))
    scan.cache.save(is_whole=packages is None)
    interpreters = [each for found in programs.values() for each in found]
    interpreters = [each for each in interpreters if each.package == _INTERPRETER]
    sites = read_sites(host, interpreters) if any(each.distribution for each in wanted) else []
    return tuple(
        installation
        for detector in wanted
        for installation in (
            *programs.get(detector, ()),
            *find_distributions(detector, sites),
            *scan.files(detector),
        )
    )


def _with_interpreters(every: Sequence[Detector], wanted: Sequence[Detector]) -> list[Detector]:
    if not any(detector.distribution for detector in wanted):
        return list(wanted)
    packages = {_INTERPRETER, *(detector.package for detector in wanted)}
    return [each for each in every if each.package in packages]


class _Scan:
    """What all detectors of one scan share."""

    def __init__(self, host: Host, search: Search, journal: Journal, cache: ProbeCache) -> None:
        self.host: Host = BoundedHost(host, search.directories) if search.only else host
        self.journal = journal
        self.cache = cache
        self.places = Places(self.host, search, journal)

    def programs(self, detectors: Iterable[Detector]) -> dict[Detector, list[Installation]]:
        """Ask the programs of all detectors at once, then let each judge its own."""
        path, searched = self.places.programs, {}
        for each in detectors:
            if each.executables:
                searched[each] = [*path, *self.places.usable(self.places.roots(each))]
                self.journal.looked(each.package, searched[each])
        index = Index(self.host, [path for paths in searched.values() for path in paths])
        programs = {
            each: find_programs(self.host, index, each, paths, self.journal)
            for each, paths in searched.items()
        }
        answers = ask(self.host, _questions(programs), self.cache)
        return {
            each: self._guarded(
                each, partial(recognise, self.host, each, found, answers, self.journal)
            )
            for each, found in programs.items()
        }

    def files(self, detector: Detector) -> list[Installation]:
        """Find what has no program to ask."""
        return self._guarded(detector, partial(self._files, detector))

    def _guarded(
        self, detector: Detector, find: Callable[[], Iterable[Installation]]
    ) -> list[Installation]:
        """One bad detector is not the end of the scan."""
        try:
            return list(find())
        except UnusablePatternError as error:
            self.journal.warn(
                f"the detector of `{detector.package}` has a pattern of no use: {error}"
            )
            return []

    def _files(self, detector: Detector) -> Iterable[Installation]:
        if detector.executables or not (detector.libraries or detector.files):
            return ()
        places = self.places.roots(detector)
        if detector.libraries:
            places = [*self.places.libraries, *places]
        self.journal.looked(detector.package, places)
        find = find_by_libraries if detector.libraries else find_by_files
        return find(self.host, detector, places, self.journal)


def _questions(programs: dict[Detector, list[Program]]) -> Iterable[Question]:
    for detector, found in programs.items():
        if detector.version.file is None:
            yield from ((program, detector.version.args) for program in found)
