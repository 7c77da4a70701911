"""The scan: one index, every detector against it, and only what matches is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

from ckpm.detect.cache import ProbeCache
from ckpm.detect.distributions import find_distributions, read_sites
from ckpm.detect.executables import find_programs, recognise
from ckpm.detect.index import Index, Report, expand_roots, search_path, usable
from ckpm.detect.libraries import find_by_files, find_by_libraries, library_search_path
from ckpm.detect.patterns import UnusablePatternError
from ckpm.detect.probes import Program, Question, ask
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
    cache: Path | None = None,
    report: Callable[[str], None] | None = None,
) -> tuple[Installation, ...]:
    """Return what is installed, in the order of the detectors and nearest on ``PATH`` first.

    ``packages`` narrows the scan; ``cache`` is a directory in which answers are kept, by the
    fingerprint of what was run. Broken tools go to ``report``, each by name.
    """
    every = list(detectors)
    wanted = [each for each in every if packages is None or each.package in packages]
    scan = _Scan(host, _once(report), ProbeCache(cache))
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


def _once(report: Report | None) -> Report:
    """Several detectors may stumble over one file."""
    said: set[str] = set()

    def say(text: str) -> None:
        if report is not None and text not in said:
            said.add(text)
            report(text)

    return say


class _Scan:
    """What all detectors of one scan share."""

    def __init__(self, host: Host, report: Report, cache: ProbeCache) -> None:
        self.host = host
        self.report = report
        self.cache = cache
        self.path = search_path(host, report)

    def programs(self, detectors: Iterable[Detector]) -> dict[Detector, list[Installation]]:
        """Ask the programs of all detectors at once, then let each judge its own."""
        roots = {
            each: usable(self.host, expand_roots(self.host, each.roots), self.report)
            for each in detectors
            if each.executables
        }
        index = Index(
            self.host, [*self.path, *(path for paths in roots.values() for path in paths)]
        )
        programs = {
            each: find_programs(self.host, index, each, [*self.path, *paths], self.report)
            for each, paths in roots.items()
        }
        answers = ask(self.host, _questions(programs), self.cache)
        return {
            each: self._guarded(
                each, partial(recognise, self.host, each, found, answers, self.report)
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
            self.report(f"the detector of `{detector.package}` has a pattern of no use: {error}")
            return []

    def _files(self, detector: Detector) -> Iterable[Installation]:
        if detector.executables:
            return ()
        roots = expand_roots(self.host, detector.roots)
        if detector.libraries:
            places = library_search_path(self.host, self.path)
            return find_by_libraries(self.host, detector, [*places, *roots])
        return find_by_files(self.host, detector, roots) if detector.files else ()


def _questions(programs: dict[Detector, list[Program]]) -> Iterable[Question]:
    for detector, found in programs.items():
        if detector.version.file is None:
            yield from ((program, detector.version.args) for program in found)
