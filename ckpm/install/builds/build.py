"""One build: what is built, from what, by what, and where everything lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckpm.install.builds.toolchain import Toolchain
from ckpm.model.recipe import Source

Argv = Sequence[str]


@dataclass(frozen=True)
class Build:
    """Everything that a build system is told.

    ``prefix`` is where the product will be, ``stage`` a directory that stands for the root of the
    file system while it is installed. ``inputs`` are the prefixes of what it needs, and ``tools``
    maps the names of build tools to programs.
    """

    source: Path
    directory: Path
    prefix: Path
    stage: Path
    recipe: Source
    toolchain: Toolchain
    inputs: Sequence[Path]
    tools: Mapping[str, str]
    jobs: int

    @property
    def project(self) -> Path:
        """The directory of the project inside its source."""
        return self.source / (self.recipe.text("directory") or ".")

    @property
    def run_paths(self) -> list[str]:
        """Where programs and libraries find others, from where they are: stores can be moved."""
        beside = (f"$ORIGIN/../../{path.name}/lib" for path in self.inputs)
        return ["$ORIGIN/../lib", *beside] if self.toolchain.target.os == "linux" else []

    def added(self, phase: str) -> tuple[str, ...]:
        """Return what the recipe adds to a phase: ``configure``, ``build`` or ``install``."""
        return self.recipe.texts(phase)

    def tool(self, name: str) -> str:
        """Return a build tool: the one resolved, else the system's of that name."""
        return self.tools.get(name, name)


BuildSystem = Callable[[Build], Sequence[Argv]]
"""Writes the files that a build system reads, and returns the commands to run in order."""


_VARIABLES = {
    "cc": "CC", "cxx": "CXX", "ar": "AR", "ranlib": "RANLIB", "strip": "STRIP", "nm": "NM",
}  # fmt: skip


def named_programs(toolchain: Toolchain) -> dict[str, str]:
    """Return a toolchain's programs by the variables that build systems read."""
    programs = toolchain.programs.items()
    return {_VARIABLES[name]: path for name, path in programs if name in _VARIABLES}


def search_path(build: Build, *below: str) -> list[str]:
    """Return the existing directories named ``below`` in any input."""
    places = (prefix / name for prefix in build.inputs for name in below)
    return [str(place) for place in places if place.is_dir()]


def build_environ(build: Build) -> dict[str, str]:
    """Return the variables that tell every build system of the toolchain and the inputs.

    pkg-config sees the inputs alone, never the build machine's own libraries.
    """
    toolchain = build.toolchain
    flags = " ".join(toolchain.flags)
    places = search_path(build, "lib/pkgconfig", "share/pkgconfig")
    return {
        **named_programs(toolchain),
        **{name: flags for name in ("CFLAGS", "CXXFLAGS") if flags},
        **({"LDFLAGS": " ".join([*toolchain.flags, *toolchain.link])} if toolchain.link else {}),
        "PKG_CONFIG_LIBDIR": ":".join(places),
        "PKG_CONFIG_PATH": "",
        "DESTDIR": str(build.stage),
        # GNU's linkers read it where a project sets no run path.
        **({"LD_RUN_PATH": ":".join(build.run_paths)} if build.run_paths else {}),
        **toolchain.environ,
    }
