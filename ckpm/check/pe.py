"""Read PE and COFF, as Microsoft's "PE Format" describes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckpm.check.binary import Binary, Kind
from ckpm.check.reading import DamagedError, View

MAGIC = b"MZ"
OBJECT_MACHINES = {0x14C: 32, 0x1C4: 32, 0x8664: 64, 0xAA64: 64}
"""The machines of COFF objects that are looked for, with their bits."""

MAX_IMPORTS = 4096
MAX_SECTIONS = 1024

_LIBRARY = 0x2000
_IMPORTS, _DELAYED = 1, 13


@dataclass(frozen=True, slots=True)
class _Section:
    name: bytes
    address: int
    size: int
    offset: int


def is_portable_executable(view: View) -> bool:
    """Whether a file that begins like a DOS program is one for Windows."""
    return view.size >= 64 and view.take(view.numbers("<I", 60)[0], 4) == b"PE\0\0"


def is_coff_object(view: View) -> bool:
    """Whether a file without any magic number has the header of an object file."""
    if view.size < 60:
        return False
    machine, sections, _, symbols, _, optional, _ = view.numbers("<HHIIIHH", 0)
    fits = 0 < sections < 0x8000 and 20 + 40 * sections <= view.size and symbols <= view.size
    return machine in OBJECT_MACHINES and optional == 0 and fits


def read_coff_object(view: View) -> Binary:
    """Return what an object file says of itself: its machine."""
    [machine] = view.numbers("<H", 0)
    return Binary("PE", "object", OBJECT_MACHINES[machine], machine)


def read_pe(view: View) -> Binary:
    """Return what a program or library for Windows says of itself.

    Raises:
        DamagedError: when it cannot be what it says.
    """
    header = view.numbers("<I", 60)[0] + 4
    machine, count, _, _, _, optional, flags = view.numbers("<HHIIIHH", header)
    [magic] = view.numbers("<H", header + 20)
    if magic not in (0x10B, 0x20B):
        raise DamagedError("its header is of no known class")
    bits = 64 if magic == 0x20B else 32
    sections = list(_sections(view, header + 20 + optional, count))
    directories = header + 20 + (112 if bits == 64 else 96)
    kind: Kind = "shared" if flags & _LIBRARY else "executable"
    needed = _imports(view, directories, sections)
    loaded = tuple((s.offset, s.size) for s in sections if not s.name.startswith((b"/", b".debug")))
    return Binary("PE", kind, bits, machine, needed=tuple(needed), loaded=loaded)


def _sections(view: View, table: int, count: int) -> Iterator[_Section]:
    if count > MAX_SECTIONS:
        raise DamagedError(f"it has {count} sections")
    for number in range(count):
        place = table + 40 * number
        _, address, size, offset = view.numbers("<IIII", place + 8)
        yield _Section(view.take(place, 8), address, size, offset)


def _imports(view: View, directories: int, sections: Sequence[_Section]) -> dict[str, None]:
    """Return the libraries that are named, each once, in the file's order."""
    [count] = view.numbers("<I", directories - 4)
    names: dict[str, None] = {}
    for number, step, field in ((_IMPORTS, 20, 12), (_DELAYED, 32, 4)):
        if number < count:
            [address] = view.numbers("<I", directories + 8 * number)
            names |= dict.fromkeys(_listed(view, sections, address, step, field))
    return names


def _listed(
    view: View, sections: Sequence[_Section], address: int, step: int, field: int
) -> Iterator[str]:
    """Yield names from a table of descriptors that ends where one has none."""
    if address == 0:
        return
    table = _offset(sections, address)
    for number in range(MAX_IMPORTS):
        [name] = view.numbers("<I", table + number * step + field)
        if name == 0:
            return
        yield view.name(_offset(sections, name))
    raise DamagedError("its list of libraries has no end")


def _offset(sections: Sequence[_Section], address: int) -> int:
    for section in sections:
        if section.address <= address < section.address + section.size:
            return section.offset + address - section.address
    raise DamagedError("an address is in none of its sections")
