"""Toolchains: how a package compiles for other platforms, as its recipe states it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from ckpm.model.platform import Platform

if TYPE_CHECKING:
    from ckpm.model.recipe import Command, When

Libc = Literal["own", "system"]

PROGRAMS = ("cc", "cxx", "ar", "ranlib", "strip", "nm", "objcopy", "windres", "ld")


@dataclass(frozen=True)
class ToolchainRule:
    """How one package compiles for the targets under ``when``; placeholders are filled when used.

    ``programs`` maps ``cc``, ``cxx``, ``ar`` … to commands. ``flags`` go to every compilation and
    link, ``link`` to links alone. ``libc`` says whether the C library comes with the toolchain or
    is the one in the target's system directories. ``finds`` are files of the target that an
    installed one must find by itself, as ``-print-file-name`` tells. ``cmake`` are variables for
    CMake, where ``include`` names the toolchain file that the package ships. ``environ`` are
    variables that its programs need.
    """

    when: When
    programs: tuple[tuple[str, Command], ...] = ()
    flags: Command = ()
    link: Command = ()
    libc: Libc = "own"
    finds: tuple[str, ...] = ()
    cmake: tuple[tuple[str, str], ...] = ()
    environ: tuple[tuple[str, str], ...] = ()

    @property
    def takes_sysroot(self) -> bool:
        """Whether its compilers can be told of a copy of the target's root."""
        commands = (part for _, command in self.programs for part in command)
        return any("{target.sysroot}" in part for part in (*commands, *self.flags, *self.link))


@dataclass(frozen=True)
class LibraryExport:
    """What CMake and pkg-config are told of a library that tells them nothing itself.

    ``cmake`` is the name for ``find_package`` (its target is ``name::name``), ``pkg_config`` that
    of the ``.pc`` file; ``libraries`` are the names behind ``-l``, ``include`` the directory.
    """

    libraries: tuple[str, ...]
    cmake: str | None = None
    pkg_config: str | None = None
    include: str = "include"
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Compiling:
    """What can be said of an installation that compiles: why not, or for which C library."""

    fault: str | None = None
    glibc: str | None = None


def toolchain_places(prefix: str, executable: str | None) -> dict[str, str]:
    """Return the placeholders of where a toolchain is: ``prefix``, ``bin`` and ``suffix``.

    A detected one is where its executable was found; ``suffix`` is the ``-12`` of ``gcc-12``.
    """
    if executable is None:
        return {"prefix": prefix, "bin": f"{prefix}/bin", "suffix": ""}
    path = PurePosixPath(executable)
    match = re.search(r"-\d[\d.]*$", path.name)
    return {"prefix": prefix, "bin": str(path.parent), "suffix": match[0] if match else ""}


def whole_root(target: Platform, is_there: Callable[[str], object]) -> str | None:
    """Return the first of a target's sysroots that is a copy of such a machine's root.

    Others hold its libraries alone, as the distributions' cross packages do; compilers know of
    them. ``is_there`` tells of a path.
    """
    return next((root for root in target.sysroots if is_there(f"{root}/usr")), None)


def target_values(target: Platform) -> dict[str, str]:
    """Return the placeholders that speak of a target: ``target.triple``, ``target.fact.api`` …."""
    facts = dict(target.facts)
    names = {"zig": target.zig, "rust": target.rust}
    filled = {name: re.sub(r"\{(\w+)\}", lambda m: facts.get(m[1], ""), text or "")
              for name, text in names.items()}  # fmt: skip
    return {
        "target": target.name,
        "target.triple": target.triple,
        "target.abi": target.abi or "",
        "target.arch": target.arch,
        "target.processor": target.processor,
        "target.page_size": str(target.page_size),
        **{f"target.{name}": text for name, text in filled.items()},
        **{f"target.fact.{name}": value for name, value in facts.items()},
    }
