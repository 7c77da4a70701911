"""Checks of single values, for whatever is read; each raises ``ValueError`` with what it expected.

A name, path, version or digest that comes from a file, a lock, a server or a device may be
anything, and becomes part of a path, an argument or a line sooner or later. So it is checked where
it is read, by one of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ckpm.model.environment import RESERVED
from ckpm.model.recipe import Digest

ALGORITHMS = {"sha512": 128, "sha384": 96, "sha256": 64, "sha1": 40, "md5": 32}

MAX_DIGITS = 18
MAX_NAME_BYTES = 200
"""A file system takes 255; what is made beside a file adds to its name."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_OPTION_NAME = re.compile(r"[a-z][a-z0-9-]*")
_OPTION_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!:~^@-]*")
_PYTHON_VERSION = re.compile(r"3\.[0-9]{1,3}(\.[0-9]{1,3})?((a|b|rc)[0-9]{1,3})?\+?")
# https://packaging.python.org/en/latest/specifications/name-normalization
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_NPM = re.compile(r"(@[a-z0-9][\w.~-]*/)?[a-zA-Z0-9][\w.~-]*==[0-9A-Za-z][\w.+-]*", re.ASCII)
_MAVEN = re.compile(r"[\w.-]+:[\w.-]+(:[\w-]+)?", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEX = re.compile(r"[0-9a-f]+")


def package_name(text: str) -> str:
    """Take a lower-case name."""
    if len(text) > MAX_NAME_BYTES or not _NAME.fullmatch(text):
        raise ValueError(f"a lower-case name, not `{text:.80}`")
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
    if parts.scheme not in ("https", "http") or not parts.hostname or not _is_one_word(text):
        raise ValueError(f"an http(s) address, not `{text}`")
    return text


def _is_one_word(text: str) -> bool:
    return text.isprintable() and " " not in text


def relative_path(text: str) -> str:
    """Take a path that stays below the directory it is joined to."""
    path = PurePosixPath(text)
    leaves = path.is_absolute() or ".." in path.parts or "\\" in text
    if leaves or not text.isprintable():
        raise ValueError(f"a relative path that stays inside, not `{text}`")
    return text


def file_name(text: str) -> str:
    """Take the name of one file: nothing in it separates, hides or ends a path."""
    is_short = len(text.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES
    is_plain = text.isprintable() and not set(text) & set("/\\:")
    if not (text and is_short and is_plain) or text[0] in ".-~":
        raise ValueError(f"the name of one file, not {text!a:.80}")
    return text


def shown(text: str) -> str:
    """Take a text that is only shown: it holds nothing that a terminal acts on."""
    if not text.isprintable():
        raise ValueError(f"a text that can be printed, not {text!a:.80}")
    return text


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if len(text) > MAX_NAME_BYTES or not pattern.fullmatch(text):
            raise ValueError(f"{what}, not {text!a:.80}")
        return text

    return parse


plain_version = _matching(_VERSION, "a version")
"""Take a version as packages have them; it is no path and no option."""

python_version = _matching(_PYTHON_VERSION, "a version of Python")

distribution_name = _matching(_DISTRIBUTION, "the name of a Python distribution")

option_name = _matching(_OPTION_NAME, "the name of an option")

option_value = _matching(_OPTION_VALUE, "the value of an option")

plain_word = _matching(_OPTION_VALUE, "letters, digits and `._+-`")
"""Take a name that is written into files which other programs read as code."""


def plain_path(text: str) -> str:
    """Take a relative path that is written into files which other programs read as code."""
    for part in relative_path(text).split("/"):
        plain_word(part)
    return text


def distribution_pin(text: str) -> str:
    """Take ``name==version`` of a Python distribution."""
    name, _, version = text.partition("==")
    return f"{distribution_name(name)}=={plain_version(version)}"


npm_reference = _matching(_NPM, "`name==version` of an npm package")


maven_artifact = _matching(_MAVEN, "`group:artifact` or `group:artifact:packaging`")


def count(text: str) -> int:
    """Take a number of things, zero or more."""
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise ValueError(f"a whole number, not `{text:.40}`")
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
