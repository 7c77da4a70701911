"""Platforms: where commands run now, and where the result will run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from ckpm.errors import UsageError
from ckpm.model.pairs import unanimous

Facts = tuple[tuple[str, str], ...]

FACTS = frozenset(
    {
        "api",
        "cpu",
        "cuda-arch",
        "cuda-driver",
        "glibc",
        "kernel",
        "macos",
        "musl",
        "rocm",
        "windows",
    }
)
"""What can be known of a platform, or stated: packages that nobody installs."""

STATABLE = FACTS | {"python"}
"""What can be stated of a target: facts, and which Python it has of its own."""

_SHAPES = {
    "glibc": r"\d+\.\d+[.\d]*",
    "musl": r"\d+\.\d+[.\d]*",
    "macos": r"\d+(\.\d+)*",
    "api": r"\d+",
}
"""Facts whose numbers are read one by one."""


@dataclass(frozen=True)
class Platform:
    """One operating system on one processor, with what is stated or known of it.

    ``facts`` (``glibc``, ``api``, ``macos``, ``cuda-driver`` …) are packages for the solver.

    What others call it: ``triple`` is GNU's name, ``abi`` Android's, ``processor`` is what
    ``uname -m`` and CMake say, ``cpu_family`` Meson's name, ``cmake`` its ``CMAKE_SYSTEM_NAME``;
    ``zig``, ``rust`` and ``uv`` are those compilers' and uv's, where facts may fill ``{glibc}``.

    What its files are: ``elf_machine``, ``pe_machine`` and ``macho_cpu`` are the numbers in their
    headers, ``page_size`` is the alignment of segments in bytes, ``loader`` the program that starts
    them; ``libraries`` are globs of the libraries that every such machine has.

    How they run elsewhere: ``emulator`` is a command before the program's own, whose first word may
    be several names with ``|`` between them; ``emulator_package`` is Debian's package of it. In it
    ``{root}`` is a directory that stands in for the machine's own, ``{libraries}`` a search path
    and ``{cache}`` a directory to keep things in; ``emulator_environ`` are variables alike.
    ``cpuinfo`` are the lines of ``/proc/cpuinfo`` below that root. Where nothing runs its programs,
    ``stand_in`` names the platform as which its libraries run, with ``stand_in_needs`` beside them.
    ``sysroots`` are directories that may hold its libraries on a machine that builds for it.
    """

    name: str
    os: str
    arch: str
    triple: str
    facts: Facts = ()
    abi: str | None = None
    bits: int = 64
    debian: str | None = None
    processor: str = ""
    cpu_family: str = ""
    cmake: str = ""
    zig: str | None = None
    rust: str | None = None
    uv: str | None = None
    elf_machine: int | None = None
    pe_machine: int | None = None
    macho_cpu: int | None = None
    page_size: int = 4096
    loader: str | None = None
    executable_suffix: str = ""
    library_suffix: str = ".so"
    libraries: tuple[str, ...] = ()
    # Keys are made of what a platform shows of itself; how programs are run changes nothing made.
    emulator: tuple[str, ...] = field(default=(), repr=False)
    emulator_environ: Facts = field(default=(), repr=False)
    emulator_package: str | None = field(default=None, repr=False)
    cpuinfo: tuple[str, ...] = field(default=(), repr=False)
    sysroots: tuple[str, ...] = ()
    stand_in: str | None = field(default=None, repr=False)
    stand_in_needs: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.name

    def fact(self, name: str) -> str | None:
        """Return one fact, or ``None`` where it is not known."""
        return dict(self.facts).get(name)

    def matches(self, patterns: tuple[str, ...]) -> bool:
        """Whether one of the globs (``linux-*``) names this platform; no globs mean every one."""
        return not patterns or any(fnmatchcase(self.name, pattern) for pattern in patterns)

    def stating(self, facts: Mapping[str, str]) -> Platform:
        """Return the platform with these facts in place of its own of the same name."""
        return replace(self, facts=tuple(sorted({**dict(self.facts), **facts}.items())))


def parse_target(text: str, known: Mapping[str, Platform], native: Platform) -> Platform:
    """Read ``android-arm64``, ``linux-arm64:glibc=2.31`` or ``native:cuda-driver=12.8``.

    Raises:
        UsageError: for a target nobody has described, with the list of those that are.
    """
    name, _, stated = text.partition(":")
    platform = native if name in ("native", native.name) else known.get(name)
    if platform is None:
        raise UsageError(
            f"there is no target `{name}`", hints=["known targets: " + ", ".join(sorted(known))]
        )
    facts: list[tuple[str, str]] = []
    for part in filter(None, stated.split(",")):
        fact, equals, value = part.partition("=")
        if not (fact and equals and value):
            raise UsageError(f"`{part}` is no fact of a target", hints=[f"write `{name}:api=28`"])
        if fact not in STATABLE:
            raise UsageError(
                f"nothing is known by the name `{fact}` of a target",
                hints=[f"facts are: {', '.join(sorted(STATABLE))}"],
            )
        if not re.fullmatch(_SHAPES.get(fact, ".+"), value):
            example = "2.31" if fact in ("glibc", "musl") else "28"
            raise UsageError(
                f"`{value}` is no version of `{fact}`", hints=[f"write `{name}:{fact}={example}`"]
            )
        facts.append((fact, value))
    return platform.stating(unanimous(facts))
