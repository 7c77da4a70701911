"""Packages that are found by their libraries and headers, or by files below a root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from posixpath import basename, dirname, join

from ckpm.detect.patterns import first_group, occurs
from ckpm.detect.places import (
    fill,
    find_header,
    find_libraries,
    library_directories,
    multiarch,
    series,
)
from ckpm.model.detector import Detector
from ckpm.model.installation import Ability, Installation
from ckpm.model.platform import Platform
from ckpm.model.version import Version
from ckpm.system.host import Host

_STANDARD_PREFIXES = ("/usr/local", "/usr", "/")
_VARIABLES = ("LIBRARY_PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def library_search_path(host: Host, program_directories: Iterable[str]) -> list[str]:
    """Return where libraries may lie: beside programs, in standard places, where linkers look."""
    prefixes = [dirname(path) for path in program_directories if basename(path) in ("bin", "sbin")]
    found = [
        directory
        for prefix in dict.fromkeys([*prefixes, *_STANDARD_PREFIXES])
        for directory in library_directories(host.platform, prefix)
    ]
    for variable in _VARIABLES:
        entries = host.environ.get(variable, "").split(":")
        found += [entry.rstrip("/") for entry in entries if entry.startswith("/")]
    return list(dict.fromkeys(found))


def find_by_libraries(
    host: Host, detector: Detector, directories: Sequence[str]
) -> list[Installation]:
    """Return one installation for each place where the library is, nearest first."""
    found: dict[tuple[int, int], Installation] = {}
    for directory in directories:
        paths = list(find_libraries(host, directory, detector.libraries))
        status = host.inspect(paths[0]) if paths else None
        if status is None or status.identity in found:
            continue
        installation = _library(host, detector, paths[0], status.real_path)
        if installation is not None:
            found[status.identity] = installation
    return list(found.values())


def _library(host: Host, detector: Detector, path: str, real_path: str) -> Installation | None:
    directory = dirname(path)
    prefix = _prefix(host.platform, directory)
    # Without headers there is often no `.pc` file either; some libraries' file names tell.
    text = _version_text(host, detector, prefix, directory) or real_path
    version = first_group(detector.version.pattern, text)
    if version is None or occurs(detector.excludes, text):
        return None
    names = [fill(header, version=version, series=series(version)) for header in detector.headers]
    header = find_header(host, prefix, names)
    evidence = tuple(dict.fromkeys(filter(None, (path, real_path, header))))
    return Installation(
        detector.package,
        Version(version),
        prefix,
        evidence,
        _abilities(header),
        detector.options,
        origin=detector.origin,
    )


def _abilities(header: str | None) -> tuple[Ability, ...]:
    return ("link", "develop") if header else ("link",)


def _prefix(platform: Platform, directory: str) -> str:
    for tail in (f"/lib/{multiarch(platform)}", "/lib64", "/lib"):
        if directory.endswith(tail):
            return directory.removesuffix(tail) or "/"
    return directory


def find_by_files(host: Host, detector: Detector, roots: Iterable[str]) -> Iterator[Installation]:
    """Yield the roots below which all of the detector's files are, each real directory once."""
    seen: set[tuple[int, int]] = set()
    for root in roots:
        status = host.inspect(root)
        if status is None or status.identity in seen:
            continue
        seen.add(status.identity)
        prefix = status.real_path
        evidence = tuple(join(prefix, file) for file in detector.files)
        version = first_group(
            detector.version.pattern, _version_text(host, detector, prefix, prefix)
        )
        if version is None or not all(map(host.inspect, evidence)):
            continue
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


def _version_text(host: Host, detector: Detector, prefix: str, libdir: str) -> str:
    if detector.version.file is None:
        return ""
    file = join(prefix, fill(detector.version.file, prefix=prefix, libdir=libdir))
    return host.read(file).decode("utf-8", "replace")
