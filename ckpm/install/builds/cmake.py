"""CMake: a toolchain file, and the commands that configure, build and install with it.

The variables are those of https://cmake.org/cmake/help/latest/manual/cmake-toolchains.7.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ckpm.install.builds.build import Argv, Build
from ckpm.install.builds.toolchain import Toolchain

_PROGRAMS = {
    "cc": "CMAKE_C_COMPILER",
    "cxx": "CMAKE_CXX_COMPILER",
    "ar": "CMAKE_AR",
    "ranlib": "CMAKE_RANLIB",
    "strip": "CMAKE_STRIP",
    "nm": "CMAKE_NM",
    "objcopy": "CMAKE_OBJCOPY",
    "windres": "CMAKE_RC_COMPILER",
}


def commands(build: Build) -> Sequence[Argv]:
    """See ``BuildSystem``."""
    cmake = build.tool("cmake")
    file = build.directory / "toolchain.cmake"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = toolchain_text(build.toolchain, [str(path) for path in build.inputs])
    file.write_text(text, encoding="utf-8")
    generator = ("-G", "Ninja") if "ninja" in build.tools else ()
    configure = (
        cmake, "-S", str(build.project), "-B", str(build.directory), *generator,
        *_ninja(build), f"-DCMAKE_TOOLCHAIN_FILE={file}", "-DCMAKE_BUILD_TYPE=Release",
        f"-DCMAKE_INSTALL_PREFIX={build.prefix}", "-DCMAKE_INSTALL_LIBDIR:STRING=lib",
        "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
        # Once and for all: some linkers leave no place for another path at installation.
        f"-DCMAKE_INSTALL_RPATH={';'.join(build.run_paths)}", "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
        # What a project would fetch by itself, nobody has verified.
        "-DFETCHCONTENT_FULLY_DISCONNECTED=ON", *build.added("configure"),
    )  # fmt: skip
    here, jobs = str(build.directory), str(build.jobs)
    make = (cmake, "--build", here, "--parallel", jobs, *build.added("build"))
    return [configure, make, (cmake, "--install", here, *build.added("install"))]


def _ninja(build: Build) -> Iterator[str]:
    if program := build.tools.get("ninja"):
        yield f"-DCMAKE_MAKE_PROGRAM={program}"


def toolchain_text(toolchain: Toolchain, roots: Sequence[str]) -> str:
    """Return the toolchain file; ``roots`` are the prefixes of the libraries to be found."""
    return "".join(f"{line}\n" for line in _lines(toolchain, roots))


def _lines(toolchain: Toolchain, roots: Sequence[str]) -> Iterator[str]:
    target, variables = toolchain.target, dict(toolchain.cmake)
    included = variables.pop("include", None)
    yield f"# Compile for {target.name}; written by ckpm."
    yield from (_set(name, value) for name, value in variables.items())
    if included is not None:
        yield f'include("{included}")'
    else:
        yield from _described(toolchain)
    yield from _flags(toolchain, sets_compilers=included is None)
    if toolchain.launcher:
        yield from (
            _set(f"CMAKE_{language}_COMPILER_LAUNCHER", toolchain.launcher)
            for language in ("C", "CXX")
        )
    yield from _roots(toolchain, roots)


def _described(toolchain: Toolchain) -> Iterator[str]:
    """Say what the target is; a native build says nothing, so that CMake may run what it makes."""
    if toolchain.is_cross:
        yield _set("CMAKE_SYSTEM_NAME", toolchain.target.cmake)
        yield _set("CMAKE_SYSTEM_PROCESSOR", toolchain.target.processor)
    for name, variable in _PROGRAMS.items():
        if name in toolchain.programs:
            yield _set(variable, toolchain.programs[name])


def _flags(toolchain: Toolchain, *, sets_compilers: bool) -> Iterator[str]:
    if sets_compilers and toolchain.flags:
        yield from (
            _set(f"CMAKE_{language}_FLAGS_INIT", " ".join(toolchain.flags))
            for language in ("C", "CXX")
        )
    if toolchain.link:
        yield from (
            _append(f"CMAKE_{kind}_LINKER_FLAGS_INIT", toolchain.link)
            for kind in ("EXE", "SHARED", "MODULE")
        )


def _roots(toolchain: Toolchain, roots: Sequence[str]) -> Iterator[str]:
    """Look for libraries among what was resolved; in a cross build nowhere else but its sysroot."""
    joined = ";".join(roots)
    yield f'list(PREPEND CMAKE_PREFIX_PATH "{_quoted(joined)}")'
    yield "set(CMAKE_FIND_USE_PACKAGE_REGISTRY OFF)"
    yield "set(CMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY OFF)"
    if not toolchain.is_cross:
        # The build machine's own libraries: what was not resolved is not to be found.
        yield "set(CMAKE_FIND_USE_CMAKE_SYSTEM_PATH OFF)"
        yield "set(CMAKE_FIND_USE_CMAKE_ENVIRONMENT_PATH OFF)"
        return
    own = (root for root in toolchain.target.sysroots if "include" not in toolchain.cmake)
    yield f'list(APPEND CMAKE_FIND_ROOT_PATH "{";".join([*roots, *own])}")'
    yield "set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)"
    yield from (
        f"set(CMAKE_FIND_ROOT_PATH_MODE_{kind} ONLY)" for kind in ("LIBRARY", "INCLUDE", "PACKAGE")
    )


def _set(name: str, value: str) -> str:
    return f'set({name} "{_quoted(value)}")'


def _append(name: str, values: Iterable[str]) -> str:
    return f'string(APPEND {name} " {_quoted(" ".join(values))}")'


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
