"""Machines as documents: described for a test, or recorded from a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FileKind = Literal["file", "executable", "setuid", "directory"]


@dataclass(frozen=True)
class Answer:
    """What a program does when it is asked: what it prints, how it ends, and what went wrong."""

    output: str = ""
    exit: int = 0
    fault: str | None = None


@dataclass(frozen=True)
class MachineFile:
    """One path of a machine.

    ``same`` names another path that is the same file (a hard link). ``answer`` is what a program
    prints whatever it is asked, ``answers`` what it prints for some arguments, joined by blanks.
    ``content`` is the start of the file; ``size`` and ``digests``, by algorithm, are those of the
    whole file, where it has more.
    """

    kind: FileKind = "file"
    link: str | None = None
    same: str | None = None
    content: bytes = b""
    size: int | None = None
    answer: Answer | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    is_writable: bool = False

    @property
    def is_program(self) -> bool:
        return self.kind == "executable" or bool(self.answer or self.answers)


@dataclass(frozen=True)
class Machine:
    r"""Everything that detectors can see of a machine.

    ``directories`` are listings; directories with files of their own need none. ``registry`` maps
    keys of Windows' registry (``HKLM\SOFTWARE\Vendor!Value``) to values.
    """

    platform: str = "linux-x86_64"
    source: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, MachineFile] = field(default_factory=dict)
    directories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registry: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DetectionCase:
    """A machine and exactly what must be found there, in order.

    Each entry of ``found`` maps an installation's attributes to what they must be; attributes that
    it does not speak of may be anything. ``reports`` are parts of the warnings, in order.
    ``packages`` narrows the scan; none means that of the detector beside the file. ``told`` is what
    the machine tells of itself, as people read it.
    """

    machine: Machine
    found: tuple[Mapping[str, Any], ...]
    packages: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    line: int = 0
