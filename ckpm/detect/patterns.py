"""Patterns from content, matched against output of strangers, in linear time where possible."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ckpm.schema.values import plain_version

# No pattern sees more than this, which also bounds an engine that backtracks.
MAX_TEXT = 65536


def first_group(pattern: str, text: str) -> str | None:
    """Return what the pattern's one group matches first, if anything."""
    match = _compiled(pattern).search(text[:MAX_TEXT])
    return match[1] or None if match else None


def version_in(pattern: str, text: str) -> str | None:
    """Return the version that the pattern finds; what cannot be one, nobody has reported."""
    found = first_group(pattern, text)
    return found if found and is_version(found) else None


def is_version(text: str) -> bool:
    """Whether a text can be a version."""
    try:
        return bool(plain_version(text))
    except ValueError:
        return False


def occurs(pattern: str | None, text: str) -> bool:
    """Whether the pattern matches somewhere; no pattern matches nowhere."""
    return pattern is not None and _compiled(pattern).search(text[:MAX_TEXT]) is not None


def starred(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a name matches, ``*`` in the pattern being anything."""
    matches = re.compile(".*".join(map(re.escape, pattern.split("*")))).fullmatch
    return lambda name: matches(name) is not None


class UnusablePatternError(ValueError):
    """A pattern that linear-time engines cannot match: look-around or a back-reference."""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 has no types
    try:
        import re2
    except ImportError:  # It has no wheels for some platforms.
        return re.compile(pattern)
    options = re2.Options()
    options.log_errors = False  # It would write to stderr on its own.
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0]
        text = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise UnusablePatternError(f"`{pattern}`: {text}") from None
