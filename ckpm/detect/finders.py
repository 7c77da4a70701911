"""One index, every detector against it, and only what matches is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from ckpm.detect.attribution import SiteView
from ckpm.detect.cache import ProbeCache
from ckpm.detect.distributions import find_distributions, read_distributions
from ckpm.detect.executables import find_programs, recognise, text_of_file
from ckpm.detect.files import find_by_files
from ckpm.detect.index import Index
from ckpm.detect.journal import Journal
from ckpm.detect.libraries import LibraryIndex, find_by_libraries
from ckpm.detect.patterns import UnusablePatternError
from ckpm.detect.probes import Answers, Program, Question, ask
from ckpm.detect.search import Places, Search
from ckpm.detect.verify import Verifier
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.system.host import Host

T = TypeVar("T")

# Python distributions are looked for in what the detector of this package finds.
_INTERPRETER = "python"


class Finders:
    """The ways to find things, and what all detectors of one scan share."""

    def __init__(
        self, host: Host, search: Search, journal: Journal, site: SiteView, cache: Path | None
    ) -> None:
        self.host = host
        self.search = search
        self.journal = journal
        self.site = site
        self.cache = ProbeCache(cache, fresh=search.fresh)
        self.verifier = Verifier(host, search.depth, cache, fresh=search.fresh)
        self.places = Places(host, search, journal, site.directories, site.libraries)

    def find(self, every: Sequence[Detector]) -> Iterator[Installation]:
        """Yield what detectors find, in their order."""
        wanted = [each for each in every if self.search.wants(each.package)]
        programs = self._programs(_with_interpreters(every, wanted))
        interpreters = [each for found in programs.values() for each in found]
        interpreters = [each for each in interpreters if each.package == _INTERPRETER]
        has_distributions = any(each.distribution for each in wanted)
        read = read_distributions(self.host, interpreters) if has_distributions else []
        for detector in wanted:
            found = [
                *programs.get(detector, ()),
                *find_distributions(detector, read),
                *self._guarded(detector, partial(self._files, detector)),
            ]
            own = [self.site.attributed(each) for each in found]
            yield from (*own, *self.site.stated(detector, own, self.journal))

    def _programs(self, detectors: Iterable[Detector]) -> dict[Detector, list[Installation]]:
        """Ask the programs of all detectors at once, then let each judge its own."""
        # What runs elsewhere cannot be asked here.
        asked = detectors if self.search.is_here else ()
        searched = {each: self._searched(each) for each in asked if each.executables}
        index = Index(self.host, [path for paths in searched.values() for path in paths])
        programs = {
            each: list(
                map(self._startable, find_programs(self.host, index, each, paths, self.journal))
            )
            for each, paths in searched.items()
        }
        answers = self._ask(self._questions(programs))
        return {
            each: self._guarded(
                each, partial(recognise, self.host, each, found, answers, self.journal)
            )
            for each, found in programs.items()
        }

    def _questions(self, programs: dict[Detector, list[Program]]) -> Iterator[Question]:
        for detector, found in programs.items():
            args = detector.version.args
            if args is None:
                continue
            told = self._guarded(detector, partial(self._told_by_files, detector, found))
            yield from ((program, args) for program in found if program not in told)

    def _told_by_files(self, detector: Detector, found: list[Program]) -> list[Program]:
        return [each for each in found if text_of_file(self.host, detector, each)]

    def _ask(self, questions: Iterable[Question]) -> Answers:
        def ran(question: Question) -> None:
            self.journal.ran.append(question[0].path)

        return ask(self.host, questions, self.cache, progress=self.journal.progress, ran=ran)

    def _startable(self, program: Program) -> Program:
        """What comes by a module may not start without the module's variables."""
        variables = self.site.variables(program.path)
        return replace(program, variables=tuple(variables.items())) if variables else program

    def _searched(self, detector: Detector) -> list[str]:
        paths = [*self.places.programs, *self.places.usable(self.places.roots(detector))]
        self.journal.looked(detector.package, paths)
        return paths

    def _files(self, detector: Detector) -> Iterable[Installation]:
        """Find what has no program to ask."""
        if detector.executables or not detector.lies_somewhere:
            return ()
        if not (self.search.is_here or detector.libraries or detector.is_for_any_platform):
            return ()
        roots = self.places.roots(detector)
        if not detector.libraries:
            self.journal.looked(detector.package, roots)
            return find_by_files(self.host, detector, roots, self.journal, self.verifier)
        self.journal.looked(detector.package, [*self.places.libraries, *roots])
        holding = self._libraries.holding(detector.libraries)
        return find_by_libraries(self.host, detector, [*holding, *roots], self.journal)

    @cached_property
    def _libraries(self) -> LibraryIndex:
        return LibraryIndex(self.host, self.places.libraries)

    def _guarded(self, detector: Detector, find: Callable[[], Iterable[T]]) -> list[T]:
        """One bad detector is not the end of the scan."""
        try:
            return list(find())
        except UnusablePatternError as error:
            self.journal.warn(
                f"the detector of `{detector.package}` has a pattern of no use: {error}"
            )
            return []


def _with_interpreters(every: Sequence[Detector], wanted: Sequence[Detector]) -> list[Detector]:
    if not any(detector.distribution for detector in wanted):
        return list(wanted)
    packages = {_INTERPRETER, *(detector.package for detector in wanted)}
    return [each for each in every if each.package in packages]
