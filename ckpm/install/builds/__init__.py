"""Compile packages: one description of a toolchain, written as each build system reads it."""

from __future__ import annotations

from ckpm.install.builds.build import BuildSystem


def build_system(name: str) -> BuildSystem:
    """Return a build system by the name that recipes give it."""
    from ckpm.install.builds import classic, cmake, meson

    return {
        "cmake": cmake.commands,
        "meson": meson.commands,
        "autotools": classic.autotools,
        "make": classic.make,
        "cargo": classic.cargo,
        "commands": classic.own_commands,
    }[name]
