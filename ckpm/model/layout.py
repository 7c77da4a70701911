"""Layouts: what lies below the prefix of a dataset, a model or a toolchain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ckpm.model.requirement import Options

if TYPE_CHECKING:  # A detector is made of layouts.
    from ckpm.model.detector import VersionProbe

Depth = Literal["probe", "count", "checksum"]
DEPTHS: tuple[Depth, ...] = ("probe", "count", "checksum")
"""How deep data are looked at: files and their sizes, how many there are, every byte of some."""


@dataclass(frozen=True)
class Amount:
    """How many there must be, of files or of bytes."""

    least: int
    most: int | None = None

    def holds(self, number: int) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        if self.most is None:
            return f"at least {self.least:,}"
        return f"{self.most:,}" if self.least == self.most else f"at most {self.most:,}"


@dataclass(frozen=True)
class Layout:
    """One form in which a package may lie below its prefix; everything in it must hold.

    ``contains`` maps files to patterns that must match in them. ``sizes`` are bytes of files,
    ``counts`` maps a directory's names (``val2017/*.jpg``) to how many there are, and ``checksums``
    maps files to ``sha256:`` or ``md5:`` and as many digits as are known from the start. Without a
    ``version`` the detector's own holds.
    """

    files: tuple[str, ...] = ()
    contains: tuple[tuple[str, str], ...] = ()
    sizes: tuple[tuple[str, Amount], ...] = ()
    counts: tuple[tuple[str, Amount], ...] = ()
    checksums: tuple[tuple[str, str], ...] = ()
    options: Options = ()
    version: VersionProbe | None = None

    @property
    def subjects(self) -> frozenset[str]:
        """What it speaks of: files, and names that are counted."""
        tables = (self.contains, self.sizes, self.counts, self.checksums)
        return frozenset((*self.files, *(name for table in tables for name, _ in table)))
