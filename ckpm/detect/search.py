"""Which directories are looked into, nearest first, each real one once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, dirname

from ckpm.detect.journal import Journal
from ckpm.detect.macos import bundled_programs
from ckpm.detect.paths import path_list
from ckpm.detect.places import library_directories, multiarch
from ckpm.detect.roots import expand_roots
from ckpm.detect.shims import behind_shims
from ckpm.detect.windows import registered_programs
from ckpm.model.detector import Detector
from ckpm.model.layout import Depth
from ckpm.model.platform import Platform
from ckpm.system.host import Host

_VARIABLES = ("LIBRARY_PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True)
class Search:
    """What to look for, where and how.

    ``packages`` narrows it. ``directories`` are looked into first, each a prefix or what holds
    programs, libraries or data; ``only`` leaves everything else of the machine out. ``platform``
    asks for what another platform could use; ``fresh`` believes nothing that was remembered;
    ``depth`` is how deep data and models are looked at.
    """

    packages: Collection[str] | None = None
    directories: tuple[str, ...] = ()
    only: bool = False
    platform: Platform | None = None
    fresh: bool = False
    owners: bool = True
    depth: Depth = "count"

    @property
    def is_here(self) -> bool:
        """Whether it is about what the machine itself can use."""
        return self.platform is None

    @property
    def is_open(self) -> bool:
        """Whether the whole machine is looked at, for itself."""
        return self.is_here and not self.only

    def wants(self, package: str) -> bool:
        """Whether a package is looked for."""
        return self.packages is None or package in self.packages


class Places:
    """Where one scan looks for programs, libraries and files.

    ``more`` are directories of programs, and ``more_libraries`` of libraries, that a site's modules
    would put on the paths; they come last.
    """

    def __init__(
        self,
        host: Host,
        search: Search,
        journal: Journal,
        more: Iterable[str] = (),
        more_libraries: Iterable[str] = (),
    ) -> None:
        self.host = host
        self.search = search
        self.journal = journal
        self._more = tuple(more)
        self._more_libraries = tuple(more_libraries)
        self._sets: dict[str, list[str]] = {}

    @cached_property
    def programs(self) -> list[str]:
        """The directories whose programs may be run."""
        tops = self.search.directories
        given = [path for top in tops for path in (top, f"{top}/bin", f"{top}/sbin")]
        return self.usable([*given, *_path(self.host), *self._more])

    @cached_property
    def libraries(self) -> list[str]:
        """The directories of libraries: beside programs, in standard places, where linkers look."""
        tops = self.search.directories
        beside = [dirname(path) for path in self.programs if basename(path) in ("bin", "sbin")]
        prefixes = dict.fromkeys([*tops, *beside, *_standard_prefixes(self.host)])
        found = [
            directory
            for prefix in prefixes
            for directory in library_directories(self.host.platform, prefix)
        ]
        for variable in _VARIABLES:
            found += path_list(self.host, variable)
        return list(dict.fromkeys([*tops, *found, *self._more_libraries]))

    def roots(self, detector: Detector) -> list[str]:
        """Return the directories that one detector names, and those that the search does."""
        tops = self.search.directories
        last = dict.fromkeys(root.rpartition("/")[2] for root in detector.roots)
        below = [
            path
            for top in tops
            for path in expand_roots(self.host, (f"{top}/{name}" for name in last))
        ]
        return [*tops, *below, *expand_roots(self.host, detector.roots, self._sets)]

    def usable(self, directories: Iterable[str]) -> list[str]:
        """Keep the directories that exist and that only their owner can write."""
        kept: dict[tuple[int, int], str] = {}
        for directory in directories:
            status = self.host.inspect(directory)
            if status is None or not status.is_directory or status.identity in kept:
                continue
            if status.is_world_writable:
                self.journal.warn(f"`{directory}` can be written by anybody; nothing in it is run")
                continue
            kept[status.identity] = directory
        return list(kept.values())


def _path(host: Host) -> list[str]:
    """Return the directories of ``PATH``, and where the system has programs besides.

    Left out are empty and relative entries, which mean wherever we happen to be. In place of a
    directory of shims stand the real ones behind it.
    """
    directories: list[str] = []
    for directory in path_list(host, "PATH"):
        is_shims = directory.endswith("/shims")
        directories += behind_shims(host, directory) if is_shims else [directory]
    return [*directories, *bundled_programs(host), *registered_programs(host)]


def _standard_prefixes(host: Host) -> tuple[str, ...]:
    """Debian keeps a cross compiler's libraries below a prefix of its target's name."""
    return ("/usr/local", "/usr", "/", f"/usr/{multiarch(host.platform)}")
