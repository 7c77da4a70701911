"""Meson: a cross or native file, and the commands that use it.

The keys are those of https://mesonbuild.com/Machine-files.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ckpm.install.builds.build import Argv, Build
from ckpm.install.builds.toolchain import Toolchain

_PROGRAMS = {"cc": "c", "cxx": "cpp"}
_SYSTEMS = {"macos": "darwin"}


def commands(build: Build) -> Sequence[Argv]:
    """See ``BuildSystem``."""
    meson = build.tool("meson")
    file = build.directory.with_name("meson.ini")
    file.write_text(machine_text(build.toolchain, build.run_paths), encoding="utf-8")
    kind = "--cross-file" if build.toolchain.is_cross else "--native-file"
    here = str(build.directory)
    setup = (
        meson, "setup", here, str(build.project), kind, str(file), "--buildtype=release",
        f"--prefix={build.prefix}", "--libdir=lib", "--wrap-mode=nodownload",
        f"-Dcmake_prefix_path={','.join(str(path) for path in build.inputs)}",
        *build.added("configure"),
    )  # fmt: skip
    make = (meson, "compile", "-C", here, "-j", str(build.jobs), *build.added("build"))
    return [setup, make, (meson, "install", "-C", here, "--no-rebuild", *build.added("install"))]


def machine_text(
    toolchain: Toolchain, run_paths: Sequence[str] = (), pkg_config: Sequence[str] = ()
) -> str:
    """Return the machine file.

    ``run_paths`` are where what is made finds libraries later, ``pkg_config`` the directories of
    the ``.pc`` files, where no variable tells of them.
    """
    lines = [*_lines(toolchain, run_paths), *_properties(pkg_config)]
    return "".join(f"{line}\n" for line in lines)


def _properties(pkg_config: Sequence[str]) -> Iterator[str]:
    if pkg_config:
        yield "[properties]"
        yield f"pkg_config_libdir = {_listed(pkg_config)}"


def _lines(toolchain: Toolchain, run_paths: Sequence[str]) -> Iterator[str]:
    yield f"# Compile for {toolchain.target.name}; written by ckpm."
    yield "[binaries]"
    launcher = [toolchain.launcher] if toolchain.launcher else []
    for name, program in toolchain.programs.items():
        called = [*launcher, program] if name in _PROGRAMS else [program]
        yield f"{_PROGRAMS.get(name, name)} = {_listed(called)}"
    # Meson would look for one of the target's own name. Before 1.3 the key had no hyphen.
    yield from ("pkg-config = 'pkg-config'", "pkgconfig = 'pkg-config'")
    yield "[built-in options]"
    link = [*toolchain.flags, *toolchain.link, *(f"-Wl,-rpath,{path}" for path in run_paths)]
    for language in ("c", "cpp"):
        yield f"{language}_args = {_listed(toolchain.flags)}"
        yield f"{language}_link_args = {_listed(link)}"
    if toolchain.is_cross:
        yield from _machine(toolchain)


def _machine(toolchain: Toolchain) -> Iterator[str]:
    target = toolchain.target
    yield "[host_machine]"
    yield f"system = '{_SYSTEMS.get(target.os, target.os)}'"
    yield f"cpu_family = '{target.cpu_family}'"
    yield f"cpu = '{target.processor}'"
    yield "endian = 'little'"


def _listed(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace("'", "\\'") for value in values)
    return f"[{', '.join(f'{chr(39)}{value}{chr(39)}' for value in quoted)}]"
