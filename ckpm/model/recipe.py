"""Recipes: how a package can be obtained, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ckpm.model.environment import EnvChange
from ckpm.model.platform import Platform
from ckpm.model.ranges import ANY, VersionRange
from ckpm.model.requirement import Requirement
from ckpm.model.toolchain import LibraryExport, ToolchainRule
from ckpm.model.version import Scheme

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
Command = tuple[str, ...]


@dataclass(frozen=True)
class When:
    """Conditions on the options and the platform; each holds when one of its values does."""

    conditions: Conditions = ()

    def holds(
        self, options: Mapping[str, str], platform: Platform, target: Platform | None = None
    ) -> bool:
        """Whether everything asked is so; ``platform`` is matched as a glob.

        ``target`` is the platform that a toolchain on ``platform`` compiles for.
        """
        return all(
            _is_for(target or platform, platform, values)
            if name == "target"
            else platform.matches(values)
            if name == "platform"
            else options.get(name) in values
            for name, values in self.conditions
        )

    def __str__(self) -> str:
        return " and ".join(f"{name} is {' or '.join(each)}" for name, each in self.conditions)


def _is_for(target: Platform, build: Platform, names: tuple[str, ...]) -> bool:
    is_native = target.name == build.name
    return target.matches(names) or ("native" if is_native else "foreign") in names


ALWAYS = When()


@dataclass(frozen=True)
class Option:
    """A named choice; the default yields when that is the only way.

    ``foreign`` is the default for a target that is another machine than this.
    """

    name: str
    values: tuple[str, ...]
    default: str
    summary: str = ""
    foreign: str | None = None


@dataclass(frozen=True)
class Need:
    """A requirement that holds under a condition, for some of the package's own versions."""

    requirement: Requirement
    when: When = ALWAYS
    range: VersionRange = ANY

    def __str__(self) -> str:
        return (
            f"{self.requirement} when {self.when}" if self.when != ALWAYS else f"{self.requirement}"
        )


@dataclass(frozen=True)
class Provided:
    """A virtual package that a source stands in for, with the package's version or its own.

    ``range`` are the package's versions that do; of several packages that do, the lowest ``rank``
    is preferred.
    """

    name: str
    version: str | None = None
    when: When = ALWAYS
    range: VersionRange = ANY
    rank: int = 50


@dataclass(frozen=True)
class Digest:
    """What bytes must hash to; hexadecimal."""

    algorithm: str
    value: str

    @property
    def is_weak(self) -> bool:
        """Whether collisions can be made: then it counts only together with the size."""
        return self.algorithm in ("md5", "sha1")


@dataclass(frozen=True)
class Part:
    """One downloaded file of a source, and how it is laid out.

    ``urls`` are mirrors of the same bytes; ``package`` is npm's name for one that is another than
    its source's. ``unpack`` says whether it is an archive, ``inner``
    names an archive inside it that is meant instead, ``members`` maps paths inside to paths in the
    result (empty: everything), ``strip`` leading directories are dropped, and ``into`` is the
    directory of the result that receives it.
    """

    urls: tuple[str, ...] = ()
    size: int | None = None
    digests: tuple[Digest, ...] = ()
    unpack: bool = True
    inner: str | None = None
    members: tuple[tuple[str, str], ...] = ()
    strip: int = 0
    into: str = ""
    package: str | None = None


@dataclass(frozen=True)
class Source:
    """One way to obtain some versions on some platforms.

    ``details`` are the fields that only its method knows (``package``, ``distribution``, ``index``,
    ``artifact``, ``path``, ``instructions`` …). ``steps`` are argument lists run after unpacking;
    ``line`` is where it stands in its file.
    """

    method: str
    versions: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    when: When = ALWAYS
    parts: tuple[Part, ...] = ()
    provides: tuple[Provided, ...] = ()
    needs: tuple[Need, ...] = ()
    tools: tuple[Need, ...] = ()
    conflicts: tuple[Need, ...] = ()
    steps: tuple[Command, ...] = ()
    details: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    line: int = 0

    def text(self, name: str) -> str | None:
        """Return a field of the method that is one text."""
        value = dict(self.details).get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field of the method that is a list."""
        value = dict(self.details).get(name, ())
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class EnvRule:
    """An environment change whose value may hold ``{prefix}``, under a condition."""

    change: EnvChange
    when: When = ALWAYS


@dataclass(frozen=True)
class ProductTest:
    """What must be true of the installed package: files that exist, a command that succeeds."""

    files: tuple[str, ...] = ()
    command: Command = ()
    prints: str | None = None
    when: When = ALWAYS


@dataclass(frozen=True)
class Recipe:
    """Everything known about obtaining one package.

    ``directory`` holds the files that lie beside the recipe (``recipes/<name>/``); ``origin`` is
    the file it was read from and ``digest`` that file's sha256.
    """

    name: str
    kind: str
    summary: str
    license: str = ""
    homepage: str = ""
    tags: tuple[str, ...] = ()
    version_scheme: Scheme = "generic"
    options: tuple[Option, ...] = ()
    coexist: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    conflicts: tuple[Need, ...] = ()
    provides: tuple[Provided, ...] = ()
    sources: tuple[Source, ...] = ()
    env: tuple[EnvRule, ...] = ()
    tests: tuple[ProductTest, ...] = ()
    toolchain: tuple[ToolchainRule, ...] = ()
    libraries: tuple[LibraryExport, ...] = ()
    origin: str = field(default="", compare=False)
    directory: str = field(default="", compare=False)
    digest: str = ""

    @property
    def default_options(self) -> dict[str, str]:
        """The value that each option has when nobody asks."""
        return {option.name: option.default for option in self.options}

    def toolchain_for(self, target: Platform, build: Platform) -> ToolchainRule | None:
        """Return how it compiles for a target; ``None`` where it does not."""
        rules = (rule for rule in self.toolchain if rule.when.holds({}, build, target))
        return next(rules, None)
