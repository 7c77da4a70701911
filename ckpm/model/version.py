"""Versions as machines report them, totally ordered.

The generic order follows the algorithm that libversion publishes
(https://github.com/repology/libversion/blob/master/doc/ALGORITHM.md): a version is a list of
numbers and words; missing components count as zero; a word before a release (``rc``) sorts below
zero, one after it (``post``) above, and a letter that ends a number (``1.1.1w``) above any number.
Semantic versions are ordered as https://semver.org/#spec-item-11 says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from packaging.version import Version as Pep440Version

Scheme = Literal["generic", "pep440", "semver", "given"]

_COMPONENT = re.compile(r"\d+|[A-Za-z]+")
_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)
_PRE, _ZERO, _POST, _NUMBER, _SUFFIX = range(5)
_PRE_WORDS = ("alpha", "beta", "rc", "pre", "dev")
_POST_WORDS = ("post", "patch", "pl", "errata")

Component = tuple[int, int, str]


class Version:
    """One version; equal versions may be spelt differently (``1.0`` and ``1.0.0``).

    Versions of different schemes compare by the generic order.
    """

    __slots__ = ("_exact", "_key", "scheme", "text")

    def __init__(self, text: str, scheme: Scheme = "generic") -> None:
        self.text = text
        self.scheme = scheme
        self._key = _sort_key(text)
        self._exact: Any = None
        if scheme == "pep440":
            self._exact = _pep440(text)
        elif scheme == "semver":
            self._exact = _semver(text)

    @property
    def components(self) -> tuple[Component, ...]:
        """The numbers and words it is made of, without zeros at the end."""
        return _components(self.text)

    @property
    def is_prerelease(self) -> bool:
        """Whether its author calls it one: alpha, beta, rc, pre or dev."""
        if self.scheme == "pep440":
            return bool(self._exact.is_prerelease)
        if self.scheme == "semver":
            return bool(self._exact[3] < _RELEASED)
        return _names_prerelease(self.text)

    @property
    def order(self) -> Any:  # noqa: ANN401 - as many types as schemes
        """What sorts as versions of this scheme do, and sooner than by comparing them."""
        return self._key if self._exact is None else self._exact

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Version({self.text!r}, {self.scheme!r})"

    def __hash__(self) -> int:
        return hash(self.order)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        if self._exact is not None and self.scheme == other.scheme:
            return bool(self._exact == other._exact)
        return self._key == other._key

    def __lt__(self, other: Version) -> bool:
        if self._exact is not None and self.scheme == other.scheme:
            return bool(self._exact < other._exact)
        return self._key < other._key

    def __le__(self, other: Version) -> bool:
        return not other < self

    def __gt__(self, other: Version) -> bool:
        return other < self

    def __ge__(self, other: Version) -> bool:
        return not self < other


_ZERO_COMPONENT: Component = (_ZERO, 0, "")
_END = ((0, 0, _ZERO_COMPONENT),)
_RELEASED: tuple[tuple[int, int, str], ...] = ((9, 0, ""),)


@lru_cache(maxsize=65536)
def _sort_key(text: str) -> tuple[tuple[int, int, Component], ...]:
    """Return a tuple whose plain order is that of the components padded with zeros for ever.

    Zeros before a component are counted into it: the fewer of them, the further the component is
    from the end, which is all zeros.
    """
    key: list[tuple[int, int, Component]] = []
    zeros = 0
    for component in _components(text):
        if component == _ZERO_COMPONENT:
            zeros += 1
            continue
        above = component > _ZERO_COMPONENT
        key.append((1, -zeros, component) if above else (-1, zeros, component))
        zeros = 0
    return (*key, *_END)


@lru_cache(maxsize=4096)
def _components(text: str) -> tuple[Component, ...]:
    matches = list(_COMPONENT.finditer(text))
    found = [_component(text, match) for match in matches]
    while found and found[-1] == _ZERO_COMPONENT:
        found.pop()
    return tuple(found)


@lru_cache(maxsize=4096)
def _names_prerelease(text: str) -> bool:
    words = (match[0].lower() for match in _COMPONENT.finditer(text))
    return any(word.startswith(_PRE_WORDS) for word in words)


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


class ListedVersion(Version):
    """A version that only its place in a list tells from others."""

    __slots__ = ()

    def __init__(self, text: str, place: int) -> None:
        super().__init__(text)
        self.scheme = "given"
        self._exact = (place, text)

    @property
    def is_prerelease(self) -> bool:
        """A list has no pre-releases."""
        return False


class InvalidVersionError(ValueError):
    """A text that is no version of the scheme."""


@lru_cache(maxsize=65536)
def _pep440(text: str) -> Pep440Version:
    # Importing packaging costs more than most commands take.
    from packaging.version import InvalidVersion
    from packaging.version import Version as Parsed

    try:
        return Parsed(text)
    except InvalidVersion:
        raise InvalidVersionError(f"`{text}` is no PEP 440 version") from None


@lru_cache(maxsize=4096)
def _semver(text: str) -> tuple[int, int, int, tuple[tuple[int, int, str], ...]]:
    match = _SEMVER.fullmatch(text)
    if match is None:
        raise InvalidVersionError(f"`{text}` is no semantic version")
    before = tuple(_identifier(part) for part in match[4].split(".")) if match[4] else _RELEASED
    return int(match[1]), int(match[2]), int(match[3]), before


def _identifier(part: str) -> tuple[int, int, str]:
    return (1, int(part), "") if part.isdigit() else (2, 0, part)
