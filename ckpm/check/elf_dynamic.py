"""Read what an ELF file tells the dynamic linker: tags, and versions of symbols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckpm.check.elf_layout import DYNAMIC, Layout, Segment, offset_of
from ckpm.check.reading import LONGEST_NAME, DamagedError, View

# More of these than any linker writes: the reader's work has an end, whatever a file says.
MAX_TAGS = 4096
MAX_VERSIONS = 4096

# Bazel writes a search path of 20 KB into TensorFlow's libraries.
LONGEST_SEARCH_PATH = 1 << 20

_NEEDED, _STRINGS, _SONAME, _RPATH, _RUNPATH = 1, 5, 14, 15, 29
_FLAGS, _VERSIONS, _VERSION_COUNT = 0x6FFFFFFB, 0x6FFFFFFE, 0x6FFFFFFF
_POSITION_INDEPENDENT_PROGRAM = 0x08000000


@dataclass(frozen=True, slots=True)
class Dynamic:
    """The (tag, value) pairs in the file's order; a static program has none."""

    view: View
    layout: Layout
    segments: Sequence[Segment]
    tags: tuple[tuple[int, int], ...]

    @property
    def is_program(self) -> bool:
        """Whether it says that it is a program that can be loaded anywhere."""
        return bool((self._value(_FLAGS) or 0) & _POSITION_INDEPENDENT_PROGRAM)

    @property
    def needed(self) -> tuple[str, ...]:
        """The libraries that it needs."""
        return tuple(self._name(value) for tag, value in self.tags if tag == _NEEDED)

    @property
    def soname(self) -> str | None:
        """The name by which others need it."""
        place = self._value(_SONAME)
        return None if place is None else self._name(place)

    @property
    def search_paths(self) -> tuple[str, ...]:
        """Where it looks for libraries; the linker reads no RPATH where there is a RUNPATH."""
        runpath, rpath = self._value(_RUNPATH), self._value(_RPATH)
        place = rpath if runpath is None else runpath
        return () if place is None else tuple(self._name(place, LONGEST_SEARCH_PATH).split(":"))

    def versions(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each library with the versions of symbols that are needed of it."""
        place, left = self._place(_VERSIONS), MAX_VERSIONS
        for _ in range(self._value(_VERSION_COUNT) or 0):
            if place is None:
                raise DamagedError("its versions of symbols are not in the file")
            _, count, library, first, following = self._numbers("HHIII", place)
            left -= count
            if left < 0:
                raise DamagedError("it needs more versions of symbols than any library has")
            yield self._name(library), tuple(self._listed(place + first, count))
            if following == 0:
                return
            place += following

    def _listed(self, place: int, count: int) -> Iterator[str]:
        for _ in range(count):
            _, _, _, name, following = self._numbers("IHHII", place)
            yield self._name(name)
            place += following

    def _value(self, tag: int) -> int | None:
        return dict(self.tags).get(tag)

    def _place(self, tag: int) -> int | None:
        address = self._value(tag)
        return None if address is None else offset_of(address, self.segments)

    def _numbers(self, layout: str, place: int) -> tuple[int, ...]:
        return self.view.numbers(self.layout.order + layout, place)

    def _name(self, place: int, longest: int = LONGEST_NAME) -> str:
        table = self._place(_STRINGS)
        if table is None:
            raise DamagedError("its names are not in the file")
        return self.view.name(table + place, longest)


def read_dynamic(view: View, layout: Layout, segments: Sequence[Segment]) -> Dynamic:
    """Return what the file tells the dynamic linker."""
    return Dynamic(view, layout, segments, tuple(_tags(view, layout, segments)))


def _tags(view: View, layout: Layout, segments: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    step = layout.bits // 4
    for segment in (s for s in segments if s.kind == DYNAMIC):
        for number in range(min(segment.size // step, MAX_TAGS)):
            tag, value = view.numbers(layout.of("QQ", "II"), segment.offset + number * step)
            if tag == 0:
                return
            yield tag, value
        return  # The dynamic linker reads one of them.
