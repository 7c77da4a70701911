"""What a person's own project builds with: files for CMake, Meson and others in a generation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ckpm.install.builds.build import named_programs
from ckpm.install.builds.cmake import toolchain_text
from ckpm.install.builds.meson import machine_text
from ckpm.install.builds.toolchain import Toolchain, with_programs

DIRECTORY = "toolchain"


def write_project_files(
    toolchain: Toolchain, generation: Path, final: Path, packages: Sequence[str]
) -> dict[str, str]:
    """Write the files below ``generation``, which will be at ``final``; return variables to set.

    ``packages`` are the names of the links to what a project may use.
    """
    directory = generation / DIRECTORY
    directory.mkdir()
    placed = with_programs(toolchain, directory / "bin", final / DIRECTORY / "bin")
    roots = [str(final / "packages" / name) for name in packages]
    variables = _variables(placed, final / DIRECTORY, roots)
    files = {
        "toolchain.cmake": toolchain_text(placed, roots),
        "CMakePresets.json": _presets(placed, final / DIRECTORY, variables),
        "meson.ini": machine_text(placed, pkg_config=_pkg_config(roots)),
    }
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    return variables


def _variables(toolchain: Toolchain, directory: Path, roots: Sequence[str]) -> dict[str, str]:
    return {
        **named_programs(toolchain),
        "CMAKE_TOOLCHAIN_FILE": str(directory / "toolchain.cmake"),
        "PKG_CONFIG_LIBDIR": ":".join(_pkg_config(roots)),
        **toolchain.environ,
    }


def _pkg_config(roots: Sequence[str]) -> list[str]:
    return [f"{root}/{name}/pkgconfig" for root in roots for name in ("lib", "share")]


def _presets(toolchain: Toolchain, directory: Path, variables: Mapping[str, str]) -> str:
    """See https://cmake.org/cmake/help/latest/manual/cmake-presets.7.html; 4 is CMake 3.23's."""
    name = f"ckpm-{toolchain.target.name}"
    preset = {
        "name": name,
        "displayName": f"{toolchain.target.name}, by ckpm",
        "binaryDir": "${sourceDir}/build/${presetName}",
        "toolchainFile": str(directory / "toolchain.cmake"),
        "cacheVariables": {"CMAKE_BUILD_TYPE": "Release"},
        "environment": {"PKG_CONFIG_LIBDIR": variables["PKG_CONFIG_LIBDIR"], **toolchain.environ},
    }
    build = {"name": name, "configurePreset": name}
    document = {"version": 4, "configurePresets": [preset], "buildPresets": [build]}
    return json.dumps(document, indent=2) + "\n"
