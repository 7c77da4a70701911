"""Which libraries a program finds when it starts on the target."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ckpm.model.platform import Platform

# A system's own prefix holds far more than libraries, and they lie in a few known places.
_SYSTEM_PREFIXES = frozenset({Path("/"), Path("/usr"), Path("/usr/local")})

_OF_PYTHON = ("libpython3*.so*", "libpython3*.dylib", "python3*.dll", "vcruntime140*.dll")
_OF_DRIVERS = ("libcuda.so.1", "libnvidia-*.so.1", "libnvcuvid.so.1", "nvcuda.dll")


@dataclass(frozen=True, slots=True)
class Supply:
    """The libraries at hand: the names of files, and globs of those that the platform has."""

    names: frozenset[str]
    globs: tuple[str, ...]
    folds_case: bool

    def has(self, library: str) -> bool:
        """Whether a library is there; a path of macOS counts by its last part too."""
        name = self._folded(library)
        last = name.rpartition("/")[2]
        return last in self.names or any(fnmatchcase(name, glob) for glob in self.globs)

    def with_names(self, names: Iterable[str]) -> Supply:
        """Return what is at hand when these files are there too."""
        more = frozenset(map(self._folded, names))
        return Supply(self.names | more, self.globs, self.folds_case)

    def with_python(self) -> Supply:
        """Return what is at hand inside a Python process."""
        return Supply(self.names, (*self.globs, *_OF_PYTHON), self.folds_case)

    def _folded(self, name: str) -> str:
        return name.lower() if self.folds_case else name


def platform_supply(platform: Platform) -> Supply:
    """Return what the platform itself has, its driver's libraries where it states a driver."""
    drivers = _OF_DRIVERS if platform.fact("cuda-driver") else ()
    folds_case = platform.os == "windows"
    globs = (*platform.libraries, *drivers)
    if folds_case:
        globs = tuple(glob.lower() for glob in globs)
    return Supply(frozenset(), globs, folds_case)


def library_names(prefixes: Iterable[Path], platform: Platform) -> Iterator[str]:
    """Yield the file names of all libraries below some directories."""
    for prefix in prefixes:
        for names in _listings(prefix, platform):
            yield from filter(_is_library, names)


def _listings(prefix: Path, platform: Platform) -> Iterator[list[str]]:
    if prefix in _SYSTEM_PREFIXES:
        places = ("lib", "lib64", f"lib/{platform.triple}", f"{platform.triple}/lib", "bin")
        yield from (os.listdir(prefix / p) for p in places if (prefix / p).is_dir())  # noqa: PTH208
        return
    for _, _, names in os.walk(prefix):
        yield names


def _is_library(name: str) -> bool:
    return ".so" in name or name.lower().endswith((".dll", ".dylib")) or "." not in name
