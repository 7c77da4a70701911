"""Make a toolchain ready: its commands as programs, its flags and variables filled in."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ckpm.errors import BuildError
from ckpm.model.placeholders import fill
from ckpm.model.plan import UsedToolchain
from ckpm.model.platform import Platform
from ckpm.model.toolchain import target_values, toolchain_places


@dataclass(frozen=True)
class Toolchain:
    """What compiles for a target, ready to be used.

    ``programs`` maps ``cc``, ``cxx``, ``ar`` … to files; what is missing is left to the build
    system. ``launcher`` is a compiler cache that runs the compilers.
    """

    target: Platform
    build: Platform
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
    used: Sequence[UsedToolchain], build: Platform, target: Platform, directory: Path, cache: Path
) -> Toolchain:
    """Return the toolchain of a build; what its commands lack to be programs goes to ``directory``.

    Raises:
        BuildError: when a program of it is not there.
    """
    made = Toolchain(target, build)
    for each in used:
        made = _joined(made, each, directory, cache)
    return made


def _joined(made: Toolchain, used: UsedToolchain, directory: Path, cache: Path) -> Toolchain:
    rule = used.rule
    values = toolchain_places(used.prefix, used.executable) | target_values(used.target)
    values["cache"] = str(cache)
    commands = {name: [fill(part, values) for part in command] for name, command in rule.programs}
    for name, command in commands.items():
        if not Path(command[0]).is_file():
            raise BuildError(
                f"`{used.package}` {used.version} has no `{command[0]}`, its {name}",
                hints=[f"install it whole, or choose another: `ckpm why-not {used.package}`"],
            )
    programs = {name: _program(name, command, directory) for name, command in commands.items()}
    return Toolchain(
        made.target,
        made.build,
        {**made.programs, **programs},
        (*made.flags, *(fill(flag, values) for flag in rule.flags)),
        (*made.link, *(fill(flag, values) for flag in rule.link)),
        {**made.cmake, **{name: fill(value, values) for name, value in rule.cmake}},
        {**made.environ, **{name: fill(value, values) for name, value in rule.environ}},
    )


def _program(name: str, command: Sequence[str], directory: Path) -> str:
    """Return a command as one program: build systems take a path, not a list of arguments."""
    if len(command) == 1:
        return command[0]
    directory.mkdir(parents=True, exist_ok=True)
    # CMake and libtool tell a compiler by its name.
    path = directory / {"cc": "cc", "cxx": "c++"}.get(name, name)
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)
