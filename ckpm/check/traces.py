"""Rules about what a product should not remember, and where its links lead."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ckpm.check.binary import Binary
from ckpm.check.findings import Finding
from ckpm.check.standard import Standard
from ckpm.check.tree import ProductFile

MAX_TEXT = 1 << 20

_BUILD_FILES = (".pc", ".cmake", ".la", "-config")
_PATH = re.compile(rb"[^\0-\x20\"'<>|;:,()\x7f-\xff]{1,4096}")

# A path that goes on to the left is another one; the flags of compilers do not.
_INSIDE_A_PATH = re.compile(rb"(?<!-)[\w.~-]\Z|-[^ILF]\Z")


def judge_text(file: ProductFile, standard: Standard) -> Iterator[Finding]:
    """Rule ``paths``: what other builds and people read names no place where it was built."""
    if not standard.forbidden or not (file.name.endswith(_BUILD_FILES) or _is_script(file.path)):
        return
    with file.path.open("rb") as opened:
        text = opened.read(MAX_TEXT)
    if path := _trace(text, 0, len(text), standard):
        message = f"names the place where it was built, {path}"
        yield Finding(standard.fault, file.name, "paths", message, "make the path relative to it")


def judge_strings(file: ProductFile, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``paths``: the bytes that are loaded hold no path of the build."""
    if not (standard.forbidden and standard.built_here and binary.loaded):
        return
    with (
        file.path.open("rb") as opened,
        mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        for offset, size in binary.loaded:
            if path := _trace(data, offset, offset + size, standard):
                hint = "compile with -ffile-prefix-map, or set the path when it runs"
                message = f"holds a path of the build, {path}"
                yield Finding("warning", file.name, "paths", message, hint)
                return


def judge_link(link: Path, root: Path, standard: Standard) -> Iterator[Finding]:
    """Rule ``links``: symbolic links stay in the product or the environment, and lead somewhere."""
    target = os.readlink(link)  # noqa: PTH115 - as it is written
    name = os.path.relpath(link, root)
    where = os.path.normpath(link.parent / target)
    stays = not target.startswith("/") and Path(where).is_relative_to(root)
    if not (stays or standard.allows(where)):
        message = f"is a link to {target}, outside the environment"
        yield Finding(standard.fault, name, "links", message, "copy the file, or link to a sibling")
    elif not link.exists():
        message = f"is a link to {target}, where nothing is"
        yield Finding(standard.fault, name, "links", message)


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def _trace(data: mmap.mmap | bytes, start: int, end: int, standard: Standard) -> str:
    """Return the first forbidden path between two offsets; none is the empty text."""
    for prefix in standard.forbidden:
        wanted, place = os.fsencode(prefix.rstrip("/")), start
        while (place := data.find(wanted, place, end)) >= 0:
            match = _PATH.match(data, place, min(end, place + 4096))
            path = os.fsdecode(match[0]) if match else prefix
            before = data[max(start, place - 2) : place]
            if not _INSIDE_A_PATH.search(before) and standard.forbids(path):
                return path
            place += len(wanted)
    return ""
