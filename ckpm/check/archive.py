"""Read the members of static libraries: ``ar`` as GNU and BSD write it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ckpm.check.reading import DamagedError, View

MAGIC = b"!<arch>\n"
MAX_MEMBERS = 200_000

_HEADER = 60


def members(view: View) -> Iterator[tuple[str, View]]:
    """Yield each member's name and content; the tables of symbols and of names are none.

    Raises:
        DamagedError: where the archive is cut short or its headers are no headers.
    """
    place, names = len(MAGIC), b""
    for _ in range(MAX_MEMBERS):
        if place + _HEADER > view.size:
            return
        name, content = _member(view, place)
        place += _HEADER + content.size + content.size % 2
        if name == "//":
            names = content.take(0, content.size)
        elif name not in ("/", "/SYM64", "/SYM64/", "__.SYMDEF"):
            yield _full(name, names, content)


def _member(view: View, place: int) -> tuple[str, View]:
    header = view.take(place, _HEADER)
    digits = header[48:58].strip()
    if header[58:] != b"`\n" or not digits.isdigit():
        raise DamagedError(f"there is no member at byte {place}")
    content = view.part(place + _HEADER, int(digits))
    return header[:16].decode("utf-8", "backslashreplace").rstrip(), content


def _full(name: str, names: bytes, content: View) -> tuple[str, View]:
    """Return a member with the name that did not fit into its header."""
    with suppress(ValueError):
        if name.startswith("#1/"):
            length = int(name[3:])
            text = content.take(0, length).rstrip(b"\0").decode("utf-8", "backslashreplace")
            return text, content.part(length, content.size - length)
        if name.startswith("/"):
            text = names[int(name[1:]) :].partition(b"\n")[0].decode("utf-8", "backslashreplace")
            return text.rstrip("/"), content
    return name.rstrip("/"), content
