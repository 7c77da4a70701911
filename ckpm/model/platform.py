"""Platforms: where commands run now, and where the result will run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ckpm.errors import UsageError

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


@dataclass(frozen=True)
class Platform:
    """One operating system on one processor, with what is stated or known of it.

    ``facts`` (``glibc``, ``api``, ``macos``, ``cuda-driver`` …) are packages for the solver.
    ``emulator`` names the program that runs its executables on Linux, where there is one.
    """

    name: str
    os: str
    arch: str
    triple: str
    facts: Facts = ()
    abi: str | None = None
    debian: str | None = None
    elf_machine: int | None = None
    emulator: str | None = None
    executable_suffix: str = ""
    library_suffix: str = ".so"
    uv: str | None = None

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
    facts: dict[str, str] = {}
    for part in filter(None, stated.split(",")):
        fact, equals, value = part.partition("=")
        if not (fact and equals and value):
            raise UsageError(f"`{part}` is no fact of a target", hints=[f"write `{name}:api=28`"])
        facts[fact] = value
    return platform.stating(facts)
