"""What others read in the files of this machine, we read too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from ckpm.check.binaries import read_compiled
from ckpm.check.binary import Binary
from ckpm.check.elf import MAGIC

ELF_PLACES = (
    "/usr/bin",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/aarch64-linux-gnu/lib",
    "/usr/arm-linux-gnueabihf/lib",
    "/usr/riscv64-linux-gnu/lib",
)
PE_PLACES = ("/usr/lib/gcc/x86_64-w64-mingw32", "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
OF_EACH_PLACE = 120


def files(places: tuple[str, ...], start: bytes) -> list[Path]:
    return [path for place in places for path in islice(_files(place, start), OF_EACH_PLACE)]


def _files(place: str, start: bytes) -> Iterator[Path]:
    for path in sorted(Path(place).rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(len(start)) == start:
                    yield path


def ours(path: Path) -> Binary:
    compiled = read_compiled(path)
    assert compiled is not None
    [binary] = compiled.binaries
    return binary


def test_elf_is_read_as_pyelftools_reads_it() -> None:
    pytest.importorskip("elftools")
    from elftools.elf.elffile import ELFFile

    found = files(ELF_PLACES, MAGIC) or [Path(sys.executable).resolve()]
    for path in found:
        binary = ours(path)
        with path.open("rb") as file:
            theirs = ELFFile(file)
            assert (binary.bits, binary.machine) == (theirs.elfclass, _machine(path)), path
            assert _told(binary) == _dynamic(theirs), path
            assert sorted(binary.versions) == sorted(_versions(theirs)), path
            assert binary.alignment == _alignment(theirs), path


def _machine(path: Path) -> int:
    with path.open("rb") as file:
        head = file.read(20)
    return int.from_bytes(head[18:20], "little" if head[5] == 1 else "big")


def _told(binary: Binary) -> tuple[list[str], str | None, list[str]]:
    return list(binary.needed), binary.soname, list(binary.search_paths)


def _dynamic(theirs: object) -> tuple[list[str], str | None, list[str]]:
    segments = theirs.iter_segments("PT_DYNAMIC")  # type: ignore[attr-defined]
    tags = [tag for segment in segments for tag in segment.iter_tags()]
    needed = [tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"]
    sonames = [tag.soname for tag in tags if tag.entry.d_tag == "DT_SONAME"]
    paths = [tag.runpath for tag in tags if tag.entry.d_tag == "DT_RUNPATH"]
    paths = paths or [tag.rpath for tag in tags if tag.entry.d_tag == "DT_RPATH"]
    return needed, next(iter(sonames), None), [p for text in paths for p in text.split(":")]


def _versions(theirs: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    section = theirs.get_section_by_name(".gnu.version_r")  # type: ignore[attr-defined]
    for version, marks in section.iter_versions() if section else ():
        yield version.name, tuple(mark.name for mark in marks)


def _alignment(theirs: object) -> int | None:
    loaded = theirs.iter_segments("PT_LOAD")  # type: ignore[attr-defined]
    return min((segment["p_align"] for segment in loaded), default=None)


def test_pe_is_read_as_pefile_reads_it() -> None:
    pefile = pytest.importorskip("pefile")
    found = [path for path in files(PE_PLACES, b"MZ") if read_compiled(path)]
    if not found:
        pytest.skip("this machine has no file for Windows")
    for path in found:
        binary, theirs = ours(path), pefile.PE(str(path), fast_load=True)
        theirs.parse_data_directories([1, 13])
        names = [*getattr(theirs, "DIRECTORY_ENTRY_IMPORT", [])]
        names += getattr(theirs, "DIRECTORY_ENTRY_DELAY_IMPORT", [])
        assert sorted(binary.needed) == sorted({entry.dll.decode() for entry in names}), path
        assert binary.machine == theirs.FILE_HEADER.Machine
        assert (binary.kind == "shared") == bool(theirs.FILE_HEADER.Characteristics & 0x2000)
