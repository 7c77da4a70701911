"""Build systems that read variables and arguments: Autotools, plain make, Cargo, own commands."""

from __future__ import annotations

from collections.abc import Sequence

from ckpm.errors import BuildError
from ckpm.install.builds.build import Argv, Build, search_path


def autotools(build: Build) -> Sequence[Argv]:
    """See ``BuildSystem``; the project is configured where it lies."""
    triple = build.toolchain.target.triple
    host = (f"--host={triple}",) if build.toolchain.is_cross else ()
    includes = " ".join(f"-I{path}" for path in search_path(build, "include"))
    libraries = " ".join(f"-L{path}" for path in search_path(build, "lib"))
    flags = [*build.toolchain.flags, *build.toolchain.link]
    # Without the `-g` that is Autoconf's own choice: it puts the build's place into the product.
    optimised = " ".join(["-O2", *build.toolchain.flags])
    configure = (
        str(build.project / "configure"), f"--prefix={build.prefix}",
        f"--libdir={build.prefix}/lib", *host, f"CPPFLAGS={includes}",
        f"LDFLAGS={' '.join([*flags, libraries]).strip()}",
        f"CFLAGS={optimised}", f"CXXFLAGS={optimised}", *build.added("configure"),
    )  # fmt: skip
    return [configure, *_make(build, ())]


def make(build: Build) -> Sequence[Argv]:
    """See ``BuildSystem``; the recipe's ``configure`` are variables for every call of make."""
    return _make(build, (*_variables(build), f"PREFIX={build.prefix}", *build.added("configure")))


def _make(build: Build, variables: Sequence[str]) -> list[Argv]:
    program = build.tool("make")
    first = (program, f"-j{build.jobs}", *variables, *build.added("build"))
    targets = build.added("install") or ("install",)
    return [first, (program, *variables, f"DESTDIR={build.stage}", *targets)]


def _variables(build: Build) -> list[str]:
    named = {"cc": "CC", "cxx": "CXX", "ar": "AR", "ranlib": "RANLIB"}
    programs = build.toolchain.programs.items()
    return [f"{named[name]}={path}" for name, path in programs if name in named]


def cargo(build: Build) -> Sequence[Argv]:
    """See ``BuildSystem``; what a crate needs must lie in its source, and its lock must be whole.

    Raises:
        BuildError: for a target that Rust does not know.
    """
    target = build.toolchain.target
    if target.rust is None:
        raise BuildError(f"Rust has no name for {target}", hints=["choose another target"])
    triple = build.toolchain.target.rust
    linker = build.toolchain.programs.get("cc", "cc")
    config = f'target.{triple}.linker="{linker}"'
    return [
        (build.tool("cargo"), "install", "--path", str(build.project), "--root",
         f"{build.stage}{build.prefix}", "--target", str(triple), "--locked", "--offline",
         "--no-track", "--jobs", str(build.jobs), "--config", config, *build.added("build")),
    ]  # fmt: skip


def own_commands(_: Build) -> Sequence[Argv]:
    """See ``BuildSystem``; the recipe's steps do it all."""
    return ()
