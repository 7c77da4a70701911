"""The module files below one directory of ``MODULEPATH``, and which versions are the defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from posixpath import basename

from ckpm.detect.sites.defaults import DEFAULT_FILES, marked_defaults
from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.versions import Descending
from ckpm.system.host import Host

MAX_BYTES = 1 << 18
_MAX_LEVELS = 6
# Lmod passes over these, and the other module systems would find nothing in them.
_IGNORED = re.compile(
    r"__.*|#.*|.*[~#]|\.#.*|\.git.*|\.svn|\.DS_Store|\..*\.swp|\.modulerc.*|\.version"
)
_HEADER = b"#%Module"


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """One module; ``package`` is what all its versions are called together."""

    package: str
    version: str
    file: str
    content: bytes = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return f"{self.package}/{self.version}" if self.version else self.package

    @property
    def is_lua(self) -> bool:
        return self.file.endswith(".lua")

    def answers_to(self, name: str) -> bool:
        """Whether a name means this module, or all that begin so."""
        return f"{self.name}/".startswith(f"{name}/")

    @property
    def is_hidden(self) -> bool:
        return "/." in f"/{self.name}"


class Budget:
    """How many files and directories may still be looked at, against endless trees."""

    def __init__(self, files: int = 5000, directories: int = 2000) -> None:
        self.files = files
        self.directories = directories

    @property
    def is_spent(self) -> bool:
        return self.files <= 0 or self.directories <= 0


class Tree:
    """The modules of one directory by full name, defaults first, then the highest versions.

    ``doubtful`` tells why the default version of some packages is not known.
    """

    def __init__(self, host: Host, directory: str, budget: Budget) -> None:
        self.directory = directory
        self.doubtful: dict[str, str] = {}
        self._host = host
        self._budget = budget
        self._defaults: set[str] = set()
        found = {each.name: each for each in self._walk("", "", _MAX_LEVELS)}
        self.modules = dict(sorted(found.items(), key=lambda item: self._order(item[1])))
        self._groups: dict[str, list[ModuleFile]] = {}
        for module in self.modules.values():
            if not module.is_hidden:
                self._groups.setdefault(module.package, []).append(module)

    def versions(self, package: str) -> list[ModuleFile]:
        """Return the versions that one may choose from, the one to choose first."""
        return self._groups.get(package, [])

    def is_default(self, module: ModuleFile) -> bool:
        """Whether somebody said so."""
        return module.name in self._defaults

    def _order(self, module: ModuleFile) -> tuple[object, ...]:
        is_other = not self.is_default(module)
        return (module.package.lower(), module.package, is_other, Descending(module.version))

    def _walk(self, below: str, package: str, levels: int) -> Iterator[ModuleFile]:
        path = f"{self.directory}/{below}" if below else self.directory
        names = self._host.names(path)
        self._budget.directories -= 1
        if self._budget.is_spent or not levels:
            return
        self._mark_defaults(path, below, names)
        files, directories = self._sorted_out(path, [n for n in names if not _IGNORED.fullmatch(n)])
        package = package or (below if files else "")
        for name, content in files.items():
            yield _module(package, below, name, f"{path}/{name}", content)
        for name in directories:
            yield from self._walk(f"{below}/{name}".lstrip("/"), package, levels - 1)

    def _sorted_out(self, path: str, names: list[str]) -> tuple[dict[str, bytes], list[str]]:
        files: dict[str, bytes] = {}
        directories: list[str] = []
        known = frozenset(names)
        for name in names:
            if self._budget.is_spent:
                break
            if not name.endswith(".lua") and self._host.names(f"{path}/{name}"):
                directories.append(name)
            elif f"{name}.lua" not in known and not self._is_link_to_default(path, name):
                content = self._host.read(f"{path}/{name}", MAX_BYTES + 1)
                self._budget.files -= 1
                if content.startswith(_HEADER) or (name.endswith(".lua") and content):
                    files[name] = content
        return files, directories

    def _is_link_to_default(self, path: str, name: str) -> bool:
        if name not in ("default", "default.lua"):
            return False
        status = self._host.inspect(f"{path}/{name}")
        return status is None or basename(status.real_path) != name

    def _mark_defaults(self, path: str, below: str, names: Sequence[str]) -> None:
        if below and not DEFAULT_FILES.isdisjoint(names):
            try:
                self._defaults |= marked_defaults(self._host, path, below)
            except NotUnderstoodError as error:
                self.doubtful[below] = error.construct


def _module(package: str, below: str, name: str, file: str, content: bytes) -> ModuleFile:
    full = f"{below}/{name.removesuffix('.lua')}".lstrip("/")
    if not package or full == package:
        return ModuleFile(full, "", file, content)
    return ModuleFile(package, full[len(package) + 1 :], file, content)
