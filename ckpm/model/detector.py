"""Detectors: how installations of a package are found, as data."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class VersionProbe:
    """How to learn the version: run the executable, or read a file below the prefix.

    ``pattern`` has one group, which matches a version; it is written for RE2 (no look-around). In
    ``file``, ``{libdir}`` is where the library was found; where that file is missing, the pattern
    is tried on the library's real path.
    """

    args: tuple[str, ...] = ("--version",)
    pattern: str = r"(\d+(?:\.\d+)+)"
    file: str | None = None


@dataclass(frozen=True)
class Detector:
    """One detector file.

    ``executables`` are names, in which one ``*`` may stand for a version suffix; ``roots`` are
    directories to look into beside ``PATH``, with ``$VARIABLE`` and one ``*`` a component allowed.
    ``files`` must all lie below the prefix. One of the ``libraries`` (``libz`` is ``libz.so``,
    ``libz.so.1``, ``libz.a`` …) makes an installation linkable, one of the ``headers`` usable for
    development; ``{version}`` and ``{series}`` (its first two components) are filled in there.
    ``prefix`` leads from the real file to the prefix (``../..``) where that is not the obvious one.
    ``distribution`` is a Python distribution to look for in the detected interpreters.
    ``excludes`` is a pattern: output that matches it belongs to another package.
    """

    package: str
    executables: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    distribution: str | None = None
    version: VersionProbe = VersionProbe()
    excludes: str | None = None
    prefix: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    origin: str = field(default="", compare=False)
