"""The order of module versions, as far as the module systems agree on it."""

from __future__ import annotations

import re
from itertools import zip_longest

_DIGITS = re.compile(r"(\d+)")
_END = (-2, "")


class Descending:
    """Orders versions from the highest down, numbers by their value."""

    __slots__ = ("key",)

    def __init__(self, version: str) -> None:
        parts = _DIGITS.split(version.lower())
        self.key = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]

    def __lt__(self, other: Descending) -> bool:
        return self.key > other.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and self.key == other.key

    def __hash__(self) -> int:
        return hash(tuple(self.key))


def surely_outranks(version: str, other: str) -> bool:
    """Whether all module systems take the first for higher.

    It takes a larger number or letter in the same place, or a further number: to Lmod ``2.0-b`` is
    a step towards ``2.0``, to Environment Modules one beyond.
    """
    pairs = zip_longest(Descending(version).key, Descending(other).key, fillvalue=_END)
    differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if differing is None:
        return False
    (number, text), (rival, letters) = differing
    if number >= 0 and rival >= 0:
        return number > rival
    if len(text) == len(letters) == 1 and (text + letters).isalpha():
        return text > letters
    return text == "." and letters == "" and rival < 0
