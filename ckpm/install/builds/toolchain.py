"""Make a toolchain ready: its commands as programs, its flags and variables filled in."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ckpm.errors import BuildError
from ckpm.model.placeholders import fill
from ckpm.model.plan import UsedToolchain
from ckpm.model.platform import Platform
from ckpm.model.toolchain import target_values, toolchain_places, whole_root

COMPILERS = frozenset({"cc", "cxx"})


@dataclass(frozen=True)
class Toolchain:
    """What compiles for a target.

    ``commands`` maps ``cc``, ``cxx``, ``ar`` … to commands; what is missing is left to the build
    system. ``programs`` maps them to files, see ``with_programs``. ``launcher`` is a compiler cache
    that runs the compilers.
    """

    target: Platform
    build: Platform
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    flags: Sequence[str] = ()
    link: Sequence[str] = ()
    cmake: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    launcher: str | None = None

    @property
    def is_cross(self) -> bool:
        """Whether what it makes is for another machine."""
        return self.target.name != self.build.name


def make_toolchain(
    used: Sequence[UsedToolchain], build: Platform, target: Platform, cache: Path
) -> Toolchain:
    """Return what compiles for a target; ``cache`` is where its programs may keep things.

    Raises:
        BuildError: when a program of it is not there.
    """
    made = Toolchain(target, build)
    for each in used:
        made = _joined(made, each, cache)
    return made


def _joined(made: Toolchain, used: UsedToolchain, cache: Path) -> Toolchain:
    rule = used.rule
    values = toolchain_places(used.prefix, used.executable) | target_values(used.target)
    values["target.sysroot"] = whole_root(used.target, lambda path: Path(path).is_dir()) or "/"
    values["cache"] = str(cache)
    commands = {name: [fill(part, values) for part in command] for name, command in rule.programs}
    missing = {name: command[0] for name, command in commands.items() if not _is_there(command)}
    for name in sorted(COMPILERS & missing.keys()):
        raise BuildError(
            f"`{used.package}` {used.version} has no `{missing[name]}`, its {name}",
            hints=[f"install it whole, or choose another: `ckpm why-not {used.package}`"],
        )
    # A build system finds the machine's own `ar` where a compiler stands apart from it.
    commands = {name: command for name, command in commands.items() if name not in missing}
    return replace(
        made,
        commands={**made.commands, **commands},
        flags=(*made.flags, *(fill(flag, values) for flag in rule.flags)),
        link=(*made.link, *(fill(flag, values) for flag in rule.link)),
        cmake={**made.cmake, **{name: fill(value, values) for name, value in rule.cmake}},
        environ={**made.environ, **{name: fill(value, values) for name, value in rule.environ}},
    )


def _is_there(command: Sequence[str]) -> bool:
    return Path(command[0]).is_file()


def with_programs(toolchain: Toolchain, directory: Path, final: Path | None = None) -> Toolchain:
    """Return a toolchain whose commands are programs, as build systems want them.

    They are written to ``directory``, which will be at ``final``. A script starts the real program:
    a link would rename compilers, which go by their names.
    """
    directory.mkdir(parents=True, exist_ok=True)
    programs: dict[str, str] = {}
    for name, command in toolchain.commands.items():
        # CMake and libtool tell a compiler by its name.
        called = "c++" if name == "cxx" else name
        path = directory / called
        path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
        programs[name] = str((final or directory) / called)
    return replace(toolchain, programs=programs)


def with_plain_programs(toolchain: Toolchain, directory: Path) -> Toolchain:
    """Return the same, where only what takes arguments of its own is wrapped."""
    plain = {name: c[0] for name, c in toolchain.commands.items() if len(c) == 1}
    wrapped = {name: c for name, c in toolchain.commands.items() if len(c) > 1}
    if not wrapped:
        return replace(toolchain, programs=plain)
    made = with_programs(replace(toolchain, commands=wrapped), directory)
    return replace(toolchain, programs={**plain, **made.programs})


def with_flags(toolchain: Toolchain, directory: Path) -> Toolchain:
    """Return the same, whose compilers bring their flags: for commands that are told of none."""
    flags = (*toolchain.flags, *toolchain.link)
    compilers = {name: [*c, *flags] for name, c in toolchain.commands.items() if name in COMPILERS}
    if not flags or not compilers:
        return toolchain
    made = with_programs(replace(toolchain, commands=compilers), directory)
    return replace(toolchain, programs={**toolchain.programs, **made.programs})
