"""Packages that are found by their libraries and headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import dirname

from ckpm.detect.journal import Journal
from ckpm.detect.patterns import occurs, version_in
from ckpm.detect.places import (
    LIBRARY_SUFFIX,
    fill,
    find_header,
    find_libraries,
    multiarch,
    series,
    version_text,
)
from ckpm.model.detector import Detector
from ckpm.model.installation import Ability, Installation
from ckpm.model.platform import Platform
from ckpm.model.version import Version
from ckpm.system.host import Host


class LibraryIndex:
    """Which of some directories hold which libraries; earlier directories are nearer."""

    def __init__(self, host: Host, directories: Sequence[str]) -> None:
        self._directories = directories
        self._ranks: dict[str, set[int]] = {}
        for rank, directory in enumerate(directories):
            for name in host.names(directory):
                suffix = LIBRARY_SUFFIX.search(name)
                if suffix is not None:
                    self._ranks.setdefault(name[: suffix.start()], set()).add(rank)

    def holding(self, stems: Iterable[str]) -> list[str]:
        """Return the directories that hold one of the libraries."""
        ranks = {rank for stem in stems for rank in self._ranks.get(stem, ())}
        return [self._directories[rank] for rank in sorted(ranks)]


def find_by_libraries(
    host: Host, detector: Detector, directories: Sequence[str], journal: Journal
) -> list[Installation]:
    """Return one installation for each place where the library is, nearest first."""
    found: dict[tuple[int, int], Installation] = {}
    for directory in directories:
        paths = list(find_libraries(host, directory, detector.libraries))
        status = host.inspect(paths[0]) if paths else None
        if status is None:
            continue
        if status.identity in found:
            journal.left(detector.package, paths[0], f"it is `{status.real_path}` again")
            continue
        installation = _library(host, detector, paths[0], status.real_path, journal)
        if installation is not None:
            found[status.identity] = installation
    return list(found.values())


def _library(
    host: Host, detector: Detector, path: str, real_path: str, journal: Journal
) -> Installation | None:
    directory = dirname(path)
    prefix = _prefix(host.platform, directory)
    # Without headers there is often no `.pc` file either; some libraries' file names tell.
    text = version_text(host, detector, prefix, directory) or real_path
    version = version_in(detector.version.pattern, text)
    if version is None or occurs(detector.excludes, text):
        where = f"`{detector.version.file}`" if text is not real_path else "its name"
        reason = f"no version in {where}" if version is None else "it is another package's"
        journal.left(detector.package, path, reason)
        return None
    names = [fill(header, version=version, series=series(version)) for header in detector.headers]
    header = find_header(host, prefix, names)
    journal.taken(detector.package, path, version, _proof(names, header))
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


def _proof(names: Sequence[str], header: str | None) -> str:
    if header is not None:
        return f"with its header `{header}`"
    return f"without its header `{names[0]}`" if names else "it has no headers"


def _abilities(header: str | None) -> tuple[Ability, ...]:
    return ("link", "develop") if header else ("link",)


def _prefix(platform: Platform, directory: str) -> str:
    for tail in (f"/lib/{multiarch(platform)}", "/lib64", "/lib"):
        if directory.endswith(tail):
            return directory.removesuffix(tail) or "/"
    return directory
