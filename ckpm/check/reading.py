"""Read numbers and names out of a binary file that may lie about what is where."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass

LONGEST_NAME = 4096


class DamagedError(ValueError):
    """The file says what cannot be: it is cut short, or its headers contradict it."""


@dataclass(frozen=True, slots=True)
class View:
    """A part of a file; offsets count from its start, and nothing is read beyond its end."""

    data: mmap.mmap | bytes
    start: int
    size: int

    def part(self, offset: int, size: int) -> View:
        """Return a part of this part, which must hold all of it."""
        self._require(offset, size)
        return View(self.data, self.start + offset, size)

    def numbers(self, layout: str, offset: int) -> tuple[int, ...]:
        """Return what a ``struct`` layout of integers reads at an offset."""
        self._require(offset, struct.calcsize(layout))
        return struct.unpack_from(layout, self.data, self.start + offset)

    def take(self, offset: int, size: int) -> bytes:
        """Return bytes; fewer where the part ends before."""
        first = self.start + min(max(offset, 0), self.size)
        return self.data[first : min(first + size, self.start + self.size)]

    def name(self, offset: int, longest: int = LONGEST_NAME) -> str:
        """Return the text at an offset up to the next zero byte."""
        self._require(offset, 1)
        text, zero, _ = self.take(offset, longest).partition(b"\0")
        if not zero:
            raise DamagedError("a name has no end")
        return text.decode("utf-8", "backslashreplace")

    def _require(self, offset: int, size: int) -> None:
        if min(offset, size) < 0 or offset + size > self.size:
            raise DamagedError(f"it ends at byte {self.size}, and should reach {offset + size}")
