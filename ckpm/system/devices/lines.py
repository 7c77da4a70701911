"""Lines for a shell on another machine: a fixed script, and arguments that it never reads."""

from __future__ import annotations

from ckpm.errors import UsageError

# In single quotes POSIX shells read nothing, but fish reads a backslash: it goes into double ones.
_OUTSIDE = str.maketrans({"'": "'\"'\"'", "\\": "'\"\\\\\"'"})


def remote_line(script: str, *arguments: str) -> str:
    """Return the line that has ``sh`` run a script with ``$1``, ``$2`` … whatever they hold.

    The person's own shell on the device reads the line, be it a POSIX one or fish.

    Raises:
        UsageError: for an argument that no file name or command line should hold.
    """
    return " ".join(map(_quoted, ["sh", "-c", script, "sh", *map(one_line, arguments)]))


def one_line(text: str) -> str:
    """Return a text that holds no line break and no NUL.

    Raises:
        UsageError: for one that does.
    """
    if any(character in text for character in "\n\r\0"):
        raise UsageError(
            f"{text!a} holds a line break, which no device is sent", hints=["rename it"]
        )
    return text


def _quoted(text: str) -> str:
    return f"'{text.translate(_OUTSIDE)}'"
