"""Versions as machines report them, totally ordered.

The generic order follows the algorithm that libversion publishes
(https://github.com/repology/libversion/blob/master/doc/ALGORITHM.md): a version is a list of
numbers and words; missing components count as zero; a word before a release (``rc``) sorts below
zero, one after it (``post``) above, and a letter that ends a number (``1.1.1w``) above any number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.version import Version as Pep440Version

Scheme = Literal["generic", "pep440"]

_COMPONENT = re.compile(r"\d+|[A-Za-z]+")
_PRE, _ZERO, _POST, _NUMBER, _SUFFIX = range(5)
_PRE_WORDS = ("alpha", "beta", "rc", "pre", "dev")
_POST_WORDS = ("post", "patch", "pl", "errata")

Component = tuple[int, int, str]


class Version:
    """One version; equal versions may be spelt differently (``1.0`` and ``1.0.0``).

    Versions of different schemes compare by the generic order.
    """

    __slots__ = ("_pep440", "components", "scheme", "text")

    def __init__(self, text: str, scheme: Scheme = "generic") -> None:
        self.text = text
        self.scheme = scheme
        self.components = _components(text)
        self._pep440 = _pep440(text) if scheme == "pep440" else None

    @property
    def is_prerelease(self) -> bool:
        """Whether its author calls it one: alpha, beta, rc, pre or dev."""
        if self._pep440 is not None:
            return self._pep440.is_prerelease
        words = (match[0].lower() for match in _COMPONENT.finditer(self.text))
        return any(word.startswith(_PRE_WORDS) for word in words)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Version({self.text!r}, {self.scheme!r})"

    def __hash__(self) -> int:
        return hash(self.components)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        if self._pep440 is not None and other._pep440 is not None:
            return self._pep440 == other._pep440
        return self.components == other.components

    def __lt__(self, other: Version) -> bool:
        if self._pep440 is not None and other._pep440 is not None:
            return self._pep440 < other._pep440
        return _padded_less(self.components, other.components)

    def __le__(self, other: Version) -> bool:
        return self == other or self < other

    def __gt__(self, other: Version) -> bool:
        return other < self

    def __ge__(self, other: Version) -> bool:
        return other <= self


_ZERO_COMPONENT: Component = (_ZERO, 0, "")


@lru_cache(maxsize=65536)
def _components(text: str) -> tuple[Component, ...]:
    matches = list(_COMPONENT.finditer(text))
    found = [_component(text, match) for match in matches]
    while found and found[-1] == _ZERO_COMPONENT:
        found.pop()
    return tuple(found)


def _component(text: str, match: re.Match[str]) -> Component:
    word = match[0].lower()
    if word.isdigit():
        number = int(word)
        return (_NUMBER, number, "") if number else _ZERO_COMPONENT
    if word.startswith(_PRE_WORDS):
        return (_PRE, 0, word)
    if word.startswith(_POST_WORDS):
        return (_POST, 0, word)
    ends_number = match.start() > 0 and text[match.start() - 1].isdigit()
    starts_number = match.end() < len(text) and text[match.end()].isdigit()
    return (_SUFFIX if ends_number and not starts_number else _PRE, 0, word)


def _padded_less(left: tuple[Component, ...], right: tuple[Component, ...]) -> bool:
    length = max(len(left), len(right))
    pad = (_ZERO_COMPONENT,) * length
    return (left + pad)[:length] < (right + pad)[:length]


class InvalidVersionError(ValueError):
    """A text that is no version of the scheme."""


def _pep440(text: str) -> Pep440Version:
    # Importing packaging costs more than most commands take.
    from packaging.version import InvalidVersion
    from packaging.version import Version as Parsed

    try:
        return Parsed(text)
    except InvalidVersion:
        raise InvalidVersionError(f"`{text}` is no PEP 440 version") from None
