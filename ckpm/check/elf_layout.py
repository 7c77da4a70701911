"""Where things lie in an ELF file: how it writes numbers, and its segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ckpm.check.reading import DamagedError, View

LOAD, DYNAMIC, INTERPRETER, NOTE = 1, 2, 3, 4

# More than any linker writes: the reader's work has an end, whatever a file says.
MAX_SEGMENTS = 4096


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file writes numbers: ``<`` or ``>``, and whether addresses have 64 bits."""

    order: str
    bits: int

    def of(self, wide: str, narrow: str) -> str:
        """Return the one of two ``struct`` layouts that fits the width."""
        return self.order + (wide if self.bits == 64 else narrow)


@dataclass(frozen=True, slots=True)
class Segment:
    """One entry of the program header; ``size`` counts the bytes in the file."""

    kind: int
    offset: int
    address: int
    size: int
    alignment: int


def read_layout(view: View) -> Layout:
    """Return how the file writes numbers."""
    width, order = view.numbers("BB", 4)
    if width not in (1, 2) or order not in (1, 2):
        raise DamagedError("its header is of no known class")
    return Layout("<" if order == 1 else ">", 32 * width)


def read_segments(view: View, layout: Layout) -> Iterator[Segment]:
    """Yield the segments of a program or library."""
    table, *_ = view.numbers(layout.of("Q", "I"), 32 if layout.bits == 64 else 28)
    step, count = view.numbers(layout.order + "HH", 54 if layout.bits == 64 else 42)
    if count > MAX_SEGMENTS:
        raise DamagedError(f"it has {count} segments")
    for number in range(count):
        fields = view.numbers(layout.of("IIQQQQQQ", "IIIIIIII"), table + number * step)
        if layout.bits == 64:
            kind, _, offset, address, _, size, _, alignment = fields
        else:
            kind, offset, address, _, size, _, _, alignment = fields
        yield Segment(kind, offset, address, size, alignment)


def offset_of(address: int, segments: Iterable[Segment]) -> int | None:
    """Return where in the file the bytes for an address in memory lie."""
    for segment in segments:
        is_inside = segment.address <= address < segment.address + segment.size
        if segment.kind == LOAD and is_inside:
            return segment.offset + address - segment.address
    return None
