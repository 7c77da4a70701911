"""For which processors programs and libraries are built, by their first bytes."""

from __future__ import annotations

from collections.abc import Callable

from ckpm.model.platform import Platform

Read = Callable[[int], bytes]

ENOUGH = 20
"""How many bytes tell the format, and mostly the processor too."""

# Apple's mach/machine.h and mach-o/fat.h: 64 bits are a flag.
_MACH_O = {0x01000007: "x86_64", 0x0100000C: "arm64", 7: "x86", 12: "arm"}
_THIN = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_FAT = b"\xca\xfe\xba\xbe"
# A class of Java's begins in the same way; its version stands where the number of processors does.
_MOST_PROCESSORS = 16
# "Machine Types" of the PE format in Microsoft's documentation.
_PE = {0x8664: "x86_64", 0xAA64: "arm64", 0x14C: "x86"}
_MAX_STUB = 1024
# Windows runs what is older than itself.
_RUNS = {"x86_64": ("x86_64", "x86"), "arm64": ("arm64", "x86_64", "x86")}


def is_built_for(platform: Platform, start: bytes, read: Read) -> bool:
    """Whether a file's first bytes suit the platform; ``read`` gives more of them.

    What is no binary of the three formats suits every one.
    """
    if start.startswith(b"\x7fELF"):
        return platform.elf_machine in (None, _elf_machine(start))
    if start.startswith((*_THIN, _FAT)):
        processors = _mach_o_processors(start, read)
        return not processors or (platform.os == "macos" and platform.arch in processors)
    if start.startswith(b"MZ") and platform.os == "windows":
        machine = _pe_machine(read(_MAX_STUB))
        return machine is None or machine in _RUNS.get(platform.arch, ())
    return True


def _elf_machine(start: bytes) -> int:
    return int.from_bytes(start[18:20], "little" if start[5:6] == b"\1" else "big")


def _mach_o_processors(start: bytes, read: Read) -> set[str]:
    if start.startswith(_THIN):
        return {_MACH_O.get(int.from_bytes(start[4:8], "little"), "")}
    count = int.from_bytes(start[4:8], "big")
    if count > _MOST_PROCESSORS:
        return set()
    table = read(8 + 20 * count)[8:]
    entries = (table[20 * number : 20 * number + 4] for number in range(count))
    return {_MACH_O.get(int.from_bytes(entry, "big"), "") for entry in entries}


def _pe_machine(data: bytes) -> str | None:
    header = int.from_bytes(data[0x3C:0x40], "little")
    if data[header : header + 4] != b"PE\0\0":
        return None
    return _PE.get(int.from_bytes(data[header + 4 : header + 6], "little"), "")
