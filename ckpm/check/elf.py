"""Read ELF: the System V ABI, and glibc's ``elf.h`` for the tags of symbol versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ckpm.check.binary import AndroidNote, Binary, Kind
from ckpm.check.elf_dynamic import read_dynamic
from ckpm.check.elf_layout import (
    INTERPRETER,
    LOAD,
    NOTE,
    Layout,
    Segment,
    read_layout,
    read_segments,
)
from ckpm.check.reading import View

MAGIC = b"\x7fELF"
MAX_NOTES = 64

_RELOCATABLE, _EXECUTABLE, _SHARED = 1, 2, 3


def read_elf_object(view: View) -> Binary:
    """Return what the header alone says: all there is to know of an object file."""
    layout = read_layout(view)
    [machine] = view.numbers(f"{layout.order}H", 18)
    return Binary("ELF", "object", layout.bits, machine)


def read_elf(view: View) -> Binary:
    """Return what an ELF file says of itself.

    Raises:
        DamagedError: when it cannot be what it says.
    """
    layout = read_layout(view)
    kind, machine = view.numbers(f"{layout.order}HH", 16)
    segments = list(read_segments(view, layout)) if kind != _RELOCATABLE else []
    dynamic = read_dynamic(view, layout, segments)
    interpreter = _interpreter(view, segments)
    loaded = [segment for segment in segments if segment.kind == LOAD]
    return Binary(
        "ELF",
        _kind(kind, is_program=interpreter is not None or dynamic.is_program),
        layout.bits,
        machine,
        needed=dynamic.needed,
        soname=dynamic.soname,
        search_paths=dynamic.search_paths,
        versions=tuple(dynamic.versions()),
        interpreter=interpreter,
        alignment=min((segment.alignment for segment in loaded), default=None),
        android=_android(view, layout, segments),
        loaded=tuple((segment.offset, segment.size) for segment in loaded),
    )


def _kind(kind: int, *, is_program: bool) -> Kind:
    if kind == _RELOCATABLE:
        return "object"
    return "executable" if kind == _EXECUTABLE or (kind == _SHARED and is_program) else "shared"


def _interpreter(view: View, segments: Sequence[Segment]) -> str | None:
    # Debug information that was split off has the segment and not its bytes.
    found = (s for s in segments if s.kind == INTERPRETER and s.size)
    return next((view.name(segment.offset) for segment in found), None)


def _android(view: View, layout: Layout, segments: Sequence[Segment]) -> AndroidNote | None:
    for segment in segments:
        if segment.kind == NOTE:
            for name, content in _notes(view.part(segment.offset, segment.size), layout):
                if name == b"Android\0" and content.size >= 4:
                    return _android_note(content, layout)
    return None


def _notes(view: View, layout: Layout) -> Iterator[tuple[bytes, View]]:
    place = 0
    for _ in range(MAX_NOTES):
        if place + 12 > view.size:
            return
        name, size, _ = view.numbers(f"{layout.order}III", place)
        content = place + 12 + _padded(name)
        yield view.take(place + 12, name), view.part(content, size)
        place = content + _padded(size)


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _android_note(content: View, layout: Layout) -> AndroidNote:
    """Read the layout of the NDK's ``crtbrand.S``: the API, and two texts of 64 bytes."""
    [api] = content.numbers(f"{layout.order}I", 0)
    texts = (content.take(place, 64).partition(b"\0")[0] for place in (4, 68))
    ndk, build = (text.decode("ascii", "replace") for text in texts)
    return AndroidNote(api, ndk, build)
