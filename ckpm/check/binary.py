"""What a compiled file says of itself, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["ELF", "PE", "Mach-O", "WebAssembly"]
Kind = Literal["executable", "shared", "object"]

# The numbers that headers use, by the names that platforms have for processors.
_PROCESSORS: dict[Format, dict[int, str]] = {
    "ELF": {
        3: "x86",
        21: "ppc64",
        22: "s390x",
        40: "arm",
        62: "x86_64",
        183: "arm64",
        243: "riscv",
    },
    "PE": {0x14C: "x86", 0x1C4: "arm", 0x8664: "x86_64", 0xAA64: "arm64"},
    "Mach-O": {7: "x86", 12: "arm", 0x01000007: "x86_64", 0x0100000C: "arm64"},
    "WebAssembly": {0: "wasm"},
}


@dataclass(frozen=True, slots=True)
class AndroidNote:
    """What the NDK writes into ``.note.android.ident``; ``ndk`` and ``build`` may be empty."""

    api: int
    ndk: str
    build: str


@dataclass(frozen=True, slots=True)
class Binary:
    """One program, library or object file.

    ``machine`` is the number of the header. ``versions`` are the symbol versions that it needs of
    each library, ``alignment`` is the smallest of its loaded segments in bytes, ``loaded`` are the
    (offset, size) of the bytes that come into memory: debug information does not. ``member`` names
    the file inside an archive.
    """

    format: Format
    kind: Kind
    bits: int
    machine: int
    needed: tuple[str, ...] = ()
    soname: str | None = None
    search_paths: tuple[str, ...] = ()
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    interpreter: str | None = None
    alignment: int | None = None
    android: AndroidNote | None = None
    min_macos: str | None = None
    loaded: tuple[tuple[int, int], ...] = ()
    member: str = ""

    @property
    def processor(self) -> str:
        """The processor by name, or by number where it is none of ours."""
        return _PROCESSORS[self.format].get(self.machine, f"machine {self.machine}")

    def __str__(self) -> str:
        return f"{self.format} of {self.bits} bits for {self.processor}"
