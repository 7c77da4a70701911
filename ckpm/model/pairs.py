"""Names with values, as people write them: whoever says two things of one name is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ckpm.errors import UsageError

Value = TypeVar("Value", bound=str)


def unanimous(pairs: Iterable[tuple[str, Value]], hint: str = "give it once") -> dict[str, Value]:
    """Return the value of each name.

    Raises:
        UsageError: for a name that is given with different values.
    """
    found: dict[str, Value] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise UsageError(twice(name, found[name], value), hints=[hint])
    return found


def pair(text: str) -> tuple[str, str]:
    """Split ``name=value`` at its first sign."""
    name, _, value = text.partition("=")
    return name, value


def twice(name: str, first: object, second: object) -> str:
    """Return what is wrong with a name that is given with two values."""
    return f"`{name}` is given twice, as `{first}` and as `{second}`"
