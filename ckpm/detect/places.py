"""Where things lie below a prefix: libraries, headers, and the prefix of a file."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from posixpath import basename, dirname, join, normpath

from ckpm.detect.formats import ENOUGH, is_built_for
from ckpm.detect.paths import path_list
from ckpm.model.detector import Detector
from ckpm.model.installation import ABILITIES, Ability
from ckpm.model.platform import Platform
from ckpm.system.host import Host

# Git for Windows has a directory of its own kind.
_PROGRAM_DIRECTORIES = ("bin", "sbin", "cmd")


def prefix_of(detector: Detector, real_file: str) -> str:
    """Return the directory that a program is installed under."""
    if detector.prefix is not None:
        return normpath(join(real_file, detector.prefix))
    directory = dirname(real_file)
    if basename(directory) in _PROGRAM_DIRECTORIES:
        return dirname(directory)
    return directory.partition("/libexec/")[0]


def has_file(host: Host, prefix: str, file: str) -> bool:
    """Whether a file lies below a prefix; on Windows a program's name there has a suffix."""
    path = join(prefix, file)
    return bool(host.inspect(path) or host.inspect(path + host.platform.executable_suffix))


def fill(template: str, **values: str) -> str:
    """Put values into ``{names}``, literally."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def series(version: str) -> str:
    """Return the first two components: ``3.11`` of ``3.11.7``."""
    return ".".join(version.split(".")[:2])


def library_directories(platform: Platform, prefix: str) -> list[str]:
    """Return where a prefix may keep libraries for this platform, Debian's places too."""
    top = prefix.rstrip("/")
    return [f"{top}/lib/{multiarch(platform)}", f"{top}/lib64", f"{top}/lib"]


def multiarch(platform: Platform) -> str:
    """Return the triple as Debian writes it, without a vendor."""
    cpu, *rest = platform.triple.split("-")
    return "-".join([cpu, *rest[-2:]]) if len(rest) > 1 else platform.triple


def find_header(host: Host, prefix: str, headers: Iterable[str]) -> str | None:
    """Return the first of these headers that the prefix, or a variable for compilers, offers."""
    top = prefix.rstrip("/")
    directories = [f"{top}/include", f"{top}/include/{multiarch(host.platform)}"]
    directories += path_list(host, "CPATH")
    paths = (f"{directory}/{header}" for directory in directories for header in headers)
    return next((path for path in paths if host.inspect(path)), None)


def find_libraries(host: Host, directory: str, stems: Sequence[str]) -> Iterator[str]:
    """Yield the files that fit the platform: library by library, the one for linking first."""
    listed = host.names(directory)
    for stem in stems:
        names = _libraries(listed, stem)
        for name in sorted(names, key=lambda name: (not name.endswith((".so", ".dylib")), name)):
            path = f"{directory}/{name}"
            if host.inspect(path) and fits(host, path):
                yield path


LIBRARY_SUFFIX = re.compile(r"(?:\.so(?:\.\d+)*|(?:\.\d+)*\.dylib|\.a)$")


def _libraries(listed: Sequence[str], stem: str) -> Iterator[str]:
    """Yield the names of one library out of a sorted listing, which may have thousands."""
    for place in range(bisect_left(listed, stem), len(listed)):
        name = listed[place]
        if not name.startswith(stem):
            return
        if LIBRARY_SUFFIX.match(name, len(stem)):
            yield name


def fits(host: Host, path: str) -> bool:
    """Whether the native platform can run or link a file, as far as its first bytes tell."""
    return is_built_for(host.platform, host.read(path, ENOUGH), partial(host.read, path))


def abilities_of(host: Host, detector: Detector, prefix: str, version: str) -> tuple[Ability, ...]:
    """Say what a runnable installation can do besides."""
    names = [fill(header, version=version, series=series(version)) for header in detector.headers]
    directories = library_directories(host.platform, prefix) if detector.libraries else []
    linkable = any(any(find_libraries(host, path, detector.libraries)) for path in directories)
    has = {"run": True, "link": linkable, "develop": bool(find_header(host, prefix, names))}
    return tuple(ability for ability in ABILITIES if has[ability])


def version_text(host: Host, detector: Detector, prefix: str, libdir: str) -> str:
    """Return what stands in the file that tells the version; nothing where there is none."""
    if detector.version.file is None:
        return ""
    file = join(prefix, fill(detector.version.file, prefix=prefix, libdir=libdir))
    return host.read(file).decode("utf-8", "replace")
