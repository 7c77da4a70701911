"""The text that a program printed, whatever it used to print it."""

from __future__ import annotations

import re

# Commands to a terminal: CSI (colours), OSC and its kin (titles, links), and the short ones. Of one
# without an end only the start goes: the version may stand behind it. None runs past the start of
# the next, so that the time is linear whatever is printed.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[ -/]*[0-~]"
)
_LINE_ENDS = re.compile(r"\r\n?")
# What is left of them would be part of a version, or reach the terminal of who reads a warning.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printed_text(data: bytes) -> str:
    """Decode output as it would look, without colours; what is no text becomes U+FFFD."""
    text = data.decode(_encoding(data), "replace")
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))
    return _CONTROLS.sub(" ", text)


def _encoding(data: bytes) -> str:
    """Tell UTF-16, which programs for Windows print, often without a mark, from everything else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = (_share_of_nul(data[start::2]) for start in (0, 1))
    if odd > 0.5 > even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 > odd else "utf-8-sig"


def _share_of_nul(data: bytes) -> float:
    return data.count(0) / max(len(data), 1)
