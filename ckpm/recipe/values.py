"""Parsers of single values in content files; each raises ``ValueError`` with what it expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ckpm.model.environment import RESERVED
from ckpm.model.recipe import Digest

ALGORITHMS = {"sha512": 128, "sha384": 96, "sha256": 64, "sha1": 40, "md5": 32}

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEX = re.compile(r"[0-9a-f]+")


def package_name(text: str) -> str:
    """Take a lower-case name."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"a lower-case name, not `{text}`")
    return text


def variable_name(text: str) -> str:
    """Take the name of an environment variable that is not ckpm's own."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError(f"the name of a variable, not `{text}`")
    if text in RESERVED:
        raise ValueError(f"another variable: `{text}` is ckpm's own")
    return text


def https_or_http(text: str) -> str:
    """Take an address of the web; anything else (``file:``, ``ftp:``) is refused."""
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"an http(s) address, not `{text}`")
    return text


def relative_path(text: str) -> str:
    """Take a path that stays below the directory it is joined to."""
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or "\0" in text:
        raise ValueError(f"a relative path that stays inside, not `{text}`")
    return text


def count(text: str) -> int:
    """Take a number of things, zero or more."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"a whole number, not `{text}`")
    return int(text)


def truth(text: str) -> bool:
    """Take ``true`` or ``false``."""
    if text not in ("true", "false"):
        raise ValueError(f"`true` or `false`, not `{text}`")
    return text == "true"


def sha_digest(algorithm: str) -> Callable[[str], Digest]:
    """Return the parser of one algorithm's digests."""
    length = ALGORITHMS[algorithm]

    def parse(text: str) -> Digest:
        if len(text) != length or not _HEX.fullmatch(text):
            raise ValueError(f"{length} hexadecimal digits of {algorithm}")
        return Digest(algorithm, text)

    return parse
