"""Files that lie: read as something, refused as damaged, or left alone, and always soon."""

from __future__ import annotations

import os
import random
import resource
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ckpm.check import check_product
from ckpm.check.binaries import Compiled, read_compiled
from ckpm.check.reading import DamagedError
from ckpm.config.platforms import known_platforms

LONGEST_S = 5.0  # Busy machines are slow; an idle one needs a second for the slowest.

MADE: dict[str, list[str]] = {
    "elf64": ["aarch64-linux-gnu-gcc -shared -fPIC a.c -o a.out -Wl,-rpath,$ORIGIN"],
    "elf32": ["arm-linux-gnueabihf-gcc a.c -o a.out -Wl,-e,f -nostartfiles"],
    "pe64": ["x86_64-w64-mingw32-gcc -shared -s a.c -o a.out"],
    "coff": ["x86_64-w64-mingw32-gcc -c a.c -o a.out"],
    "macho": [
        "clang-16 --target=arm64-apple-macos12 -c a.c -o a.o",
        "ld64.lld-16 -arch arm64 -platform_version macos 12.0 12.0 -dylib -o a.out a.o",
    ],
    "universal": [
        "clang-16 --target=arm64-apple-macos12 -c a.c -o a.o",
        "clang-16 --target=x86_64-apple-macos12 -c a.c -o b.o",
        "llvm-lipo-16 -create a.o b.o -output a.out",
    ],
    "archive": [
        "gcc -c a.c -o a.o",
        "cp a.o with-a-name-that-is-long.o",
        "ar rcs a.out a.o with-a-name-that-is-long.o",
    ],
}


@pytest.fixture(scope="module", params=MADE)
def good(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = tmp_path_factory.mktemp(request.param)
    (place / "a.c").write_text("int f(void) { return 1; }")
    for command in MADE[request.param]:
        if shutil.which(command.split()[0]) is None:
            pytest.skip(f"there is no {command.split()[0]} here")
        subprocess.run(command.split(), cwd=place, check=True)
    return (place / "a.out").read_bytes()


def read(path: Path, content: bytes) -> Compiled | str | None:
    path.write_bytes(content)
    started = time.monotonic()
    try:
        return read_compiled(path)
    except DamagedError as error:
        return str(error)
    finally:
        assert time.monotonic() - started < LONGEST_S


def test_the_good_one_is_read(good: bytes, tmp_path: Path) -> None:
    assert isinstance(read(tmp_path / "a", good), Compiled)


def test_cut_short(good: bytes, tmp_path: Path) -> None:
    lengths = {*range(min(len(good), 256)), *range(0, len(good), max(1, len(good) // 200))}
    for length in sorted(lengths):
        read(tmp_path / "a", good[:length])


def test_numbers_that_are_too_large_or_none(good: bytes, tmp_path: Path) -> None:
    for place in range(4, min(len(good), 1024), 4):
        for number in (b"\xff\xff", b"\xff" * 4, b"\0\0", b"\xff" * 8, b"\x7f" + b"\xff" * 7):
            read(tmp_path / "a", good[:place] + number + good[place + len(number) :])


def test_noise(good: bytes, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(400):
        content = bytearray(good)
        for _ in range(chance.choice((1, 8, 64))):
            content[chance.randrange(4, len(content))] = chance.randrange(256)
        read(tmp_path / "a", bytes(content))


def test_a_known_start_and_noise(good: bytes, tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311
    for _ in range(200):
        read(tmp_path / "a", good[:8] + chance.randbytes(4096))


def elf(segments: list[tuple[int, int, int, int]], content: bytes) -> bytes:
    """Return an ELF file of (kind, offset, address, size) with its content from byte 4096 on."""
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, len(segments), 0, 0, 0
    )
    table = b"".join(struct.pack("<IIQQQQQQ", k, 4, o, a, a, s, s, 1) for k, o, a, s in segments)
    return (header + table).ljust(4096, b"\0") + content


def tags_without_end() -> bytes:
    content = struct.pack("<QQ", 0x7FFF, 1) * (1 << 20)
    return elf([(1, 4096, 0, len(content)), (2, 4096, 0, len(content))], content)


def one_long_name_needed_again_and_again() -> bytes:
    tags = struct.pack("<QQ", 5, 0) + struct.pack("<QQ", 1, 1 << 20) * 60_000
    content = tags.ljust(1 << 20, b"\0") + b"x" * 4000 + b"\0"
    return elf([(1, 4096, 0, len(content)), (2, 4096, 0, len(tags))], content)


def name_without_end() -> bytes:
    tags = struct.pack("<QQQQQQ", 5, 0, 1, 48, 0, 0)
    content = tags + b"x" * 10_000 + b"\0"
    return elf([(1, 4096, 0, len(content)), (2, 4096, 0, len(tags))], content)


def names_that_are_not_there() -> bytes:
    tags = struct.pack("<QQQQQQ", 5, 1 << 40, 1, 0, 0, 0)
    return elf([(1, 4096, 0, len(tags)), (2, 4096, 0, len(tags))], tags)


def versions_in_a_circle(following: int, count: int) -> Callable[[], bytes]:
    def made() -> bytes:
        names = [(5, 512), (0x6FFFFFFE, 256), (0x6FFFFFFF, 0xFFFFFFFF), (0, 0)]
        tags = b"".join(struct.pack("<QQ", *pair) for pair in names).ljust(256, b"\0")
        needs = struct.pack("<HHIII", 1, count, 0, 16, following)
        needs += struct.pack("<IHHII", 0, 0, 0, 0, 0)
        content = (tags + needs).ljust(512, b"\0") + b"libc.so.6\0"
        return elf([(1, 4096, 0, len(content)), (2, 4096, 0, 256)], content)

    return made


def segments_without_size() -> bytes:
    return elf([(4, 4096, 0, 0)] * 70, b"").replace(struct.pack("<H", 56), b"\0\0", 1)


def too_many_segments() -> bytes:
    return elf([(6, 0, 0, 0)] * 5000, b"")


def commands(count: int, size: int) -> Callable[[], bytes]:
    def made() -> bytes:
        header = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, count, 8, 0, 0)
        return header + struct.pack("<III", 0xC, size, 12) + b"x" * (8 << 20)

    return made


def slices_of_slices() -> bytes:
    return struct.pack(">II", 0xCAFEBABE, 2) + struct.pack(">IIIII", 12, 0, 0, 48, 0) * 2


def imports_without_end() -> bytes:
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2000)
    optional = struct.pack("<H", 0x20B).ljust(108, b"\0") + struct.pack("<I", 16)
    optional = (optional + struct.pack("<IIII", 0, 0, 0x1000, 40)).ljust(240, b"\0")
    section = b".idata\0\0" + struct.pack("<IIII", 1 << 24, 0x1000, 1 << 24, 1024)
    table = struct.pack("<IIIII", 1, 1, 1, 0x1001, 1) * 200_000
    return (dos + coff + optional + section).ljust(1024, b"\0") + table + bytes(8)


def many_members() -> bytes:
    inner = b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + b"\xb7\0" + b"odd"
    member = b"a/".ljust(48) + str(len(inner)).encode().ljust(10) + b"`\n" + inner + b"\n"
    return b"!<arch>\n" + member * 100_000


def member_larger_than_the_file() -> bytes:
    return b"!<arch>\n" + b"a/".ljust(48) + b"9999999999" + b"`\n" + b"short"


LIES: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "tags-without-end": (tags_without_end, None),
    "one-long-name-again-and-again": (one_long_name_needed_again_and_again, None),
    "name-without-end": (name_without_end, "a name has no end"),
    "names-that-are-not-there": (names_that_are_not_there, "are not in the file"),
    "versions-that-point-at-themselves": (versions_in_a_circle(0, 1), None),
    "versions-that-wrap-around": (versions_in_a_circle(0xFFFFFFF0, 1), "should reach"),
    "versions-in-a-circle": (versions_in_a_circle(0, 0xFFFF), "more versions of symbols"),
    "segments-without-size": (segments_without_size, None),
    "too-many-segments": (too_many_segments, "it has 5000 segments"),
    "too-many-commands": (commands(0xFFFFFFFF, 24), "load commands"),
    "commands-without-size": (commands(2, 0), "has no size"),
    "commands-beyond-the-end": (commands(1, 0xFFFFFFFF), "should reach"),
    "one-command-as-long-as-the-file": (commands(1, 8 << 20), None),
    "slices-of-slices": (slices_of_slices, "is no Mach-O"),
    "imports-without-end": (imports_without_end, "has no end"),
    "many-members": (many_members, None),
    "member-larger-than-the-file": (member_larger_than_the_file, "should reach"),
}


def lies() -> Iterator[object]:
    for name, (make, refusal) in LIES.items():
        yield pytest.param(make, refusal, id=name)


@pytest.mark.parametrize(("make", "refusal"), list(lies()))
def test_a_lie_ends_soon(make: Callable[[], bytes], refusal: str | None, tmp_path: Path) -> None:
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = read(tmp_path / "a", content)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000 + len(content) // 512  # in KiB; the mapped file itself counts
    if refusal is None:
        assert isinstance(told, Compiled), told
        assert len(told.binaries) == 1
    else:
        assert refusal in str(told)


NOT_COMPILED = {
    "nothing": b"",
    "one-byte": b"\x7f",
    "class-of-java": b"\xca\xfe\xba\xbe\0\0\0\x41".ljust(400, b"\0"),
    "program-for-dos": b"MZ".ljust(400, b"\0"),
    "text-that-begins-like-one": b"MZ is how programs for DOS begin" * 10,
    "half-a-magic-number": b"!<ar",
    "thin-archive": b"!<thin>\n" + b"a/".ljust(58) + b"`\n",
    "bytes-that-begin-like-an-object": b"\x64\x86" + b"\xff" * 400,
    "bitcode": b"BC\xc0\xde".ljust(400, b"\0"),
}


@pytest.mark.parametrize("content", NOT_COMPILED.values(), ids=NOT_COMPILED)
def test_what_is_not_compiled_is_left_alone(content: bytes, tmp_path: Path) -> None:
    assert read(tmp_path / "a", content) is None


def test_damage_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "liba.so").write_bytes(b"\x7fELF and no more")
    platform = known_platforms()["linux-arm64"]
    [finding] = check_product(tmp_path, platform, built_here=True)
    assert (finding.severity, finding.rule) == ("error", "damaged")
    [finding] = check_product(tmp_path, platform)
    assert finding.severity == "warning"


def test_a_device_and_a_pipe_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "liba.so")
    assert check_product(tmp_path, known_platforms()["linux-arm64"]) == []
