"""Find out whether a file is compiled, and read it if so."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ckpm.check import archive, elf, macho, pe
from ckpm.check.binary import Binary
from ckpm.check.reading import View

_WEB_ASSEMBLY = b"\0asm"
_OBJECTS = tuple(number.to_bytes(2, "little") for number in pe.OBJECT_MACHINES)
_STARTS = (
    elf.MAGIC,
    pe.MAGIC,
    *macho.MAGICS,
    *macho.UNIVERSAL_MAGICS,
    archive.MAGIC[:4],
    _WEB_ASSEMBLY,
    *_OBJECTS,
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a compiled file holds.

    One binary, the slices of a universal file, of which a machine uses one, or, of each sort of
    machine that the members of a static library are for, the first.
    """

    binaries: tuple[Binary, ...]
    is_universal: bool = False


def read_compiled(path: Path) -> Compiled | None:
    """Return what a regular file holds, or ``None`` when it is not compiled.

    Raises:
        DamagedError: when it begins like a compiled file and is none.
        OSError: when it cannot be read.
    """
    with path.open("rb") as file:
        if not file.read(4).startswith(_STARTS):
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _compiled(View(data, 0, len(data)))


def _compiled(view: View) -> Compiled | None:
    start = view.take(0, 8)
    if start == archive.MAGIC:
        return Compiled(tuple(_sorts(view)))
    if start[:4] in macho.UNIVERSAL_MAGICS:
        if not macho.is_universal(view):
            return None
        return Compiled(tuple(map(macho.read_macho, macho.slices(view))), is_universal=True)
    binary = _binary(view)
    return Compiled((binary,)) if binary is not None else None


def _binary(view: View) -> Binary | None:
    start = view.take(0, 4)
    if start == elf.MAGIC:
        return elf.read_elf(view)
    if start in macho.MAGICS:
        return macho.read_macho(view)
    if start == _WEB_ASSEMBLY:
        return Binary("WebAssembly", "executable", 32, 0)
    if start.startswith(pe.MAGIC) and pe.is_portable_executable(view):
        return pe.read_pe(view)
    return pe.read_coff_object(view) if pe.is_coff_object(view) else None


def _sorts(view: View) -> Iterator[Binary]:
    seen: set[tuple[str, int, int]] = set()
    for name, content in archive.members(view):
        binary = _object(content)
        if binary is None or (sort := (binary.format, binary.bits, binary.machine)) in seen:
            continue
        seen.add(sort)
        yield replace(binary, member=name)


def _object(view: View) -> Binary | None:
    """Read the header alone, so that many members take little time whatever they say."""
    start = view.take(0, 4)
    if start == elf.MAGIC:
        return elf.read_elf_object(view)
    if start in macho.MAGICS:
        return macho.read_macho_object(view)
    return pe.read_coff_object(view) if pe.is_coff_object(view) else None
