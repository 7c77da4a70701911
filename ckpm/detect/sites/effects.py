"""What a module file does to an environment, in whichever language it is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ckpm.model.environment import EnvChange
from ckpm.system.host import Host


class NotUnderstoodError(Exception):
    """A construct outside the subset; nothing of the module may be used."""

    def __init__(self, construct: str, line: int | None = None) -> None:
        super().__init__(construct)
        self.construct = construct
        self.line = line


@dataclass(frozen=True, slots=True)
class Load:
    """Load the first of these modules that there is, perhaps only if it is not loaded yet.

    What is loaded again is loaded anew by Lmod, and left alone by Environment Modules.
    """

    names: tuple[str, ...]
    unless_loaded: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """Search another directory for modules, from here on, before or after the known ones."""

    directory: str
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a module file can ask of the machine while it is read.

    ``package`` and ``version`` make its full name; ``loaded`` are the full names of the modules
    that must be there before this one can be found.
    """

    host: Host
    file: str
    package: str
    version: str
    environ: Mapping[str, str]
    loaded: Collection[str] = ()

    @property
    def name(self) -> str:
        return f"{self.package}/{self.version}" if self.version else self.package


@dataclass(slots=True)
class Effects:
    """The statements of one file in order, and what their truth depends on.

    ``before`` must be loaded first; ``read`` are variables whose values the statements depend on;
    ``asked`` tells after how many loads a module was found not to be loaded.
    """

    statements: list[EnvChange | Load | Use] = field(default_factory=list)
    before: list[Load] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    asked: list[tuple[str, int]] = field(default_factory=list)
