"""Packages that are found by files below a root: headers, data, whole toolchains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import join

from ckpm.detect.journal import Journal
from ckpm.detect.patterns import first_group
from ckpm.detect.places import version_text
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.model.version import Version
from ckpm.system.host import Host


def find_by_files(
    host: Host, detector: Detector, roots: Iterable[str], journal: Journal
) -> Iterator[Installation]:
    """Yield the roots below which all of the detector's files are, each real directory once."""
    seen: set[tuple[int, int]] = set()
    for root in roots:
        status = host.inspect(root)
        if status is None or not status.is_directory or status.identity in seen:
            continue
        seen.add(status.identity)
        yield from _installation(host, detector, status.real_path, journal)


def _installation(
    host: Host, detector: Detector, prefix: str, journal: Journal
) -> Iterator[Installation]:
    evidence = tuple(join(prefix, file) for file in detector.files)
    missing = next((path for path in evidence if host.inspect(path) is None), None)
    if missing is not None:
        journal.left(detector.package, prefix, f"there is no `{missing}`")
        return
    text = version_text(host, detector, prefix, prefix)
    version = first_group(detector.version.pattern, text)
    if version is None:
        journal.left(detector.package, prefix, f"no version in `{detector.version.file}`")
        return
    journal.taken(detector.package, prefix, version, f"`{evidence[0]}` is there")
    yield Installation(
        detector.package,
        Version(version),
        prefix,
        evidence,
        # What is headers alone can be built with, and neither run nor linked.
        ("develop",) if detector.headers else ("run",),
        detector.options,
        origin=detector.origin,
    )
