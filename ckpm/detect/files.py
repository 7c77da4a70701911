"""Packages that are found by files below a root: headers, data, models, whole toolchains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from posixpath import join

from ckpm.detect.journal import Journal
from ckpm.detect.patterns import version_in
from ckpm.detect.places import version_text
from ckpm.detect.verify import Fault, Verifier
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.model.layout import Layout
from ckpm.model.version import Version
from ckpm.system.host import Host


def find_by_files(
    host: Host,
    detector: Detector,
    roots: Iterable[str],
    journal: Journal,
    verifier: Verifier | None = None,
) -> Iterator[Installation]:
    """Yield what lies in the roots in one of the detector's layouts, each real directory once.

    A root may hold several: of the same version and options the first layout counts.
    """
    verifier = verifier or Verifier(host)
    seen: set[tuple[int, int]] = set()
    for root in roots:
        status = host.inspect(root)
        if status is None or not status.is_directory or status.identity in seen:
            continue
        seen.add(status.identity)
        yield from _Candidate(host, detector, status.real_path, journal).installations(verifier)


class _Candidate:
    """One directory that may hold a package."""

    def __init__(self, host: Host, detector: Detector, prefix: str, journal: Journal) -> None:
        self.host = host
        self.detector = detector
        self.prefix = prefix
        self.journal = journal

    def installations(self, verifier: Verifier) -> Iterable[Installation]:
        found: dict[object, Installation] = {}
        fitting: set[str] = set()
        faults: list[Fault] = []
        for layout in _layouts(self.detector):
            if (fault := verifier.fault(self.prefix, layout)) is not None:
                faults.append(fault)
                self.left(fault.reason)
            elif (installation := self.installation(layout)) is not None:
                fitting |= layout.subjects
                key = (installation.version.text, installation.options)
                found.setdefault(key, installation)
        self.complain(fault for fault in faults if fault.subject not in fitting)
        return found.values()

    def installation(self, layout: Layout) -> Installation | None:
        detector = replace(self.detector, version=layout.version or self.detector.version)
        text = version_text(self.host, detector, self.prefix, self.prefix)
        version = detector.version.stated or version_in(detector.version.pattern, text)
        if version is None:
            self.left(f"no version in `{detector.version.file}`")
            return None
        evidence = tuple(join(self.prefix, file) for file in layout.files)
        self.journal.taken(detector.package, self.prefix, version, f"`{evidence[0]}` is there")
        return Installation(
            detector.package,
            Version(version),
            self.prefix,
            evidence,
            # What is headers alone can be built with, and neither run nor linked.
            ("develop",) if detector.headers else ("run",),
            layout.options,
            origin=detector.origin,
        )

    def left(self, reason: str) -> None:
        self.journal.left(self.detector.package, self.prefix, reason)

    def complain(self, faults: Iterable[Fault]) -> None:
        """A whole copy of something else is no news; half a copy is, by what comes nearest."""
        damages = sorted((fault for fault in faults if fault.missing), key=lambda f: f.missing)
        nearest = {fault.subject: fault for fault in reversed(damages)}
        for fault in nearest.values():
            package = self.detector.package
            self.journal.warn(f"`{self.prefix}` is not taken for `{package}`: {fault.reason}")


def _layouts(detector: Detector) -> tuple[Layout, ...]:
    return detector.layouts or (Layout(detector.files, options=detector.options),)
