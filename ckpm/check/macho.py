"""Read Mach-O, as ``mach-o/loader.h`` and ``mach-o/fat.h`` of Apple's cctools describe it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ckpm.check.binary import Binary, Kind
from ckpm.check.reading import LONGEST_NAME, DamagedError, View

MAGICS = {
    b"\xfe\xed\xfa\xce": (">", 32),
    b"\xce\xfa\xed\xfe": ("<", 32),
    b"\xfe\xed\xfa\xcf": (">", 64),
    b"\xcf\xfa\xed\xfe": ("<", 64),
}
UNIVERSAL_MAGICS = {b"\xca\xfe\xba\xbe": ">IIIII", b"\xca\xfe\xba\xbf": ">IIQQII"}

# Java's class files share the magic number: their version, 45 and up, stands where this count does.
MAX_SLICES = 32
MAX_COMMANDS = 4096

_OBJECT, _PROGRAM = 1, 2
_SEGMENT, _SEGMENT_64 = 0x1, 0x19
_LIBRARIES = frozenset({0xC, 0x80000018, 0x8000001F})  # needed, weakly, and passed on
_IDENTITY, _RPATH, _MIN_MACOS, _BUILD_VERSION = 0xD, 0x8000001C, 0x24, 0x32
_MACOS = 1


@dataclass(frozen=True, slots=True)
class _Command:
    kind: int
    content: View
    order: str

    def name(self) -> str:
        """Return the text that most commands hold, after a number that says where it starts."""
        [place] = self.content.numbers(f"{self.order}I", 8)
        # A name may fill its command to the last byte.
        text = self.content.take(place, LONGEST_NAME).partition(b"\0")[0]
        return text.decode("utf-8", "backslashreplace")


def is_universal(view: View) -> bool:
    """Whether a file that begins like one holds slices for several processors."""
    return view.size >= 8 and 0 < view.numbers(">I", 4)[0] <= MAX_SLICES


def slices(view: View) -> Iterator[View]:
    """Yield the parts of a universal file."""
    layout = UNIVERSAL_MAGICS[view.take(0, 4)]
    step = 20 if layout == ">IIIII" else 32
    for number in range(view.numbers(">I", 4)[0]):
        _, _, offset, size, *_ = view.numbers(layout, 8 + step * number)
        yield view.part(offset, size)


def read_macho_object(view: View) -> Binary:
    """Return what the header alone says: all there is to know of an object file."""
    order, bits = MAGICS[view.take(0, 4)]
    [machine] = view.numbers(f"{order}I", 4)
    return Binary("Mach-O", "object", bits, machine)


def read_macho(view: View) -> Binary:
    """Return what a program, library or object file for macOS says of itself.

    Raises:
        DamagedError: when it cannot be what it says.
    """
    if view.take(0, 4) not in MAGICS:
        raise DamagedError("a slice of it is no Mach-O")
    order, bits = MAGICS[view.take(0, 4)]
    machine, _, kind, count, _ = view.numbers(f"{order}IIIII", 4)
    commands = list(_commands(view, order, 32 if bits == 64 else 28, count))
    return Binary(
        "Mach-O",
        _kind(kind),
        bits,
        machine,
        needed=tuple(c.name() for c in commands if c.kind in _LIBRARIES),
        soname=next((c.name() for c in commands if c.kind == _IDENTITY), None),
        search_paths=tuple(c.name() for c in commands if c.kind == _RPATH),
        min_macos=next((v for c in commands if (v := _min_macos(c)) is not None), None),
        loaded=tuple(place for c in commands if (place := _loaded(c)) is not None),
    )


def _commands(view: View, order: str, place: int, count: int) -> Iterator[_Command]:
    if count > MAX_COMMANDS:
        raise DamagedError(f"it has {count} load commands")
    for _ in range(count):
        kind, size = view.numbers(f"{order}II", place)
        if size < 8:
            raise DamagedError("a load command has no size")
        yield _Command(kind, view.part(place, size), order)
        place += size


def _kind(kind: int) -> Kind:
    return "object" if kind == _OBJECT else "executable" if kind == _PROGRAM else "shared"


def _min_macos(command: _Command) -> str | None:
    """Return the oldest macOS that it says it runs on; ``None`` for other systems of Apple's."""
    if command.kind == _MIN_MACOS:
        [version] = command.content.numbers(f"{command.order}I", 8)
        return f"{version >> 16}.{version >> 8 & 0xFF}"
    if command.kind == _BUILD_VERSION:
        system, version = command.content.numbers(f"{command.order}II", 8)
        return f"{version >> 16}.{version >> 8 & 0xFF}" if system == _MACOS else None
    return None


def _loaded(command: _Command) -> tuple[int, int] | None:
    if command.kind not in (_SEGMENT, _SEGMENT_64):
        return None
    is_wide = command.kind == _SEGMENT_64
    offset, size = command.content.numbers(
        command.order + ("QQ" if is_wide else "II"), 40 if is_wide else 32
    )
    return None if command.content.take(8, 7) == b"__DWARF" else (offset, size)
