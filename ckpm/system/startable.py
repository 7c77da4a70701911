"""Whether the system would start a file at all, as far as its first line tells."""

from __future__ import annotations

import os
from pathlib import Path

# ELF; Mach-O of 64 bits, and of several processors.
_BINARIES = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_SMALLEST_HEADER = 52


def objection(program: str) -> str | None:
    """Return why a program cannot be started, as a clause, or ``None``.

    A shell would take what the system refuses for a script of its own, and run that.
    """
    if not os.access(program, os.X_OK):
        return "Permission denied" if Path(program).exists() else "No such file or directory"
    try:
        with open(program, "rb", buffering=0) as file:  # noqa: PTH123 - unbuffered
            start = file.read(256)
    except OSError:  # It can be run, but not read.
        return None
    if start.startswith(b"#!"):
        return _objection_to_interpreter(start[2:].partition(b"\n")[0])
    is_whole = start.startswith(_BINARIES) and len(start) >= _SMALLEST_HEADER
    return None if is_whole else "Exec format error"


def _objection_to_interpreter(line: bytes) -> str | None:
    # Only these two end its name: with the line end of Windows, it is another file.
    name = line.replace(b"\t", b" ").strip(b" ").partition(b" ")[0]
    return None if name and Path(os.fsdecode(name)).exists() else "its interpreter is missing"
