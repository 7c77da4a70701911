"""Rules about the oldest release of the target's system that a binary runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.check.binary import AndroidNote, Binary
from ckpm.check.findings import Finding
from ckpm.check.standard import Standard

Number = tuple[int, ...]

# Packed relocations have a mark and no number: the first release that reads them is 2.36.
_MARKS = {"GLIBC_ABI_DT_RELR": "GLIBC_2.36"}


def judge_glibc(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rules ``glibc`` and ``libstdc++``: it needs no newer symbols than the target has."""
    needed = _newest(binary, "GLIBC")
    if needed is not None:
        yield from _judge_glibc(name, needed, standard)
    for prefix in ("GLIBCXX", "CXXABI"):
        if (version := _newest(binary, prefix)) is not None:
            yield Finding("note", name, "libstdc++", f"needs {prefix}_{_text(version)}")


def _judge_glibc(name: str, needed: Number, standard: Standard) -> Iterator[Finding]:
    platform = standard.platform
    stated = platform.fact("glibc")
    if stated is None and platform.os == "linux":
        message = f"needs glibc {_text(needed)}, and {platform} has another C library"
        yield Finding("error", name, "glibc", message, "build it with a toolchain for this target")
    elif stated is not None and needed > _number(stated):
        message = f"needs glibc {_text(needed)}, and {platform} has {stated}"
        hint = (
            f"if the target has it, say so: `--target {platform}:glibc={_text(needed)}`; "
            "else take an older release, or build it against the older library"
        )
        yield Finding("error", name, "glibc", message, hint)
    else:
        yield Finding("note", name, "glibc", f"needs glibc {_text(needed)}")


def judge_android(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``android``: the API level that it was built for is not above the target's."""
    platform, note = standard.platform, binary.android
    if platform.os != "android" or binary.format != "ELF" or binary.kind == "object":
        return
    if note is None:
        message = "does not say for which API level it was built"
        yield Finding("warning", name, "android", message, "the NDK's own linking adds that note")
        return
    stated = platform.fact("api")
    built = f"is built for API {note.api}{_ndk(note)}"
    if stated is not None and stated.isdigit() and note.api > int(stated):
        message = f"{built}, and {platform} has API {stated}"
        hint = f"if the target has it, say so: `--target {platform}:api={note.api}`"
        yield Finding("error", name, "android", message, hint)
    else:
        yield Finding("note", name, "android", built)


def _ndk(note: AndroidNote) -> str:
    build = f" ({note.build})" if note.build else ""
    return f" by NDK {note.ndk}{build}" if note.ndk else ""


def judge_macos(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``macos``: the oldest macOS that it runs on is not newer than the target's."""
    stated, needed = standard.platform.fact("macos"), binary.min_macos
    if stated is None or needed is None:
        return
    if _number(needed) > _number(stated):
        message = f"needs macOS {needed}, and {standard.platform} has {stated}"
        hint = f"if the target has it, say so: `--target {standard.platform}:macos={needed}`"
        yield Finding("error", name, "macos", message, hint)
    else:
        yield Finding("note", name, "macos", f"needs macOS {needed}")


def _newest(binary: Binary, prefix: str) -> Number | None:
    """Return the highest ``PREFIX_1.2.3`` that it needs of any library."""
    marked = (_MARKS.get(name, name) for _, names in binary.versions for name in names)
    pattern = re.compile(rf"{prefix}_(\d{{1,6}}(?:\.\d{{1,6}}){{0,3}})")
    found = (pattern.fullmatch(version) for version in marked)
    return max((_number(match[1]) for match in found if match), default=None)


def _number(text: str) -> Number:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _text(number: Number) -> str:
    return ".".join(map(str, number))
