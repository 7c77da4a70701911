"""The field tables of described machines and of the tests beside detectors."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ckpm.config.platforms import known_platforms
from ckpm.model.machine import Answer, DetectionCase, Machine, MachineFile
from ckpm.model.platform import parse_target
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import count, package_name, truth
from ckpm.system.described import DescribedHost

MAX_FILES = 5_000_000
_TEXTS = Each(Text(), lone=True)
# ELF's magic number, 64 bits, little-endian; the machine stands at byte 18.
_ELF_START = b"\x7fELF\x02\x01\x01" + bytes(11)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("bytes in base64") from None


def _elf(text: str) -> bytes:
    number = count(text)
    if number >> 16:
        raise ValueError(f"the number of a machine, below 65536, not {number}")
    return _ELF_START + number.to_bytes(2, "little")


_ANSWER_FIELDS = {
    "output": Field(Text(), "what it prints"),
    "exit": Field(Text(parse=int), "its exit code (default: 0)"),
    "fault": Field(Text(), "what goes wrong, as a clause: `did not finish in 5 s`"),
}


def _crowd(text: str) -> int:
    """Take a number of files; the largest data sets have some millions."""
    number = count(text)
    if number > MAX_FILES:
        raise ValueError(f"at most {MAX_FILES}, not {number}")
    return number


ANSWER = Record(
    "answer", _ANSWER_FIELDS, lambda fields, _: Answer(**fields), lambda text, _: Answer(text)
)

MACHINE_FILE = Record(
    "file",
    {
        "link": Field(Text(), "a symbolic link to this path"),
        "same": Field(Text(), "a hard link to this path"),
        "text": Field(Text(), "what stands in the file"),
        "bytes": Field(Text(parse=_base64), "what stands in the file, in base64"),
        "machine": Field(Text(parse=_elf), "an ELF file for this machine (62: x86_64, 183: arm64)"),
        **_ANSWER_FIELDS,
        "answers": Field(Table(ANSWER), "arguments, joined by blanks, to what the program answers"),
        "size": Field(Text(parse=count), "how many bytes the whole file has"),
        "digests": Field(Table(Text()), "digests of the whole file by algorithm"),
        "kind": Field(
            Text(choices=("file", "executable", "setuid", "directory")),
            "what it is (default: file)",
        ),
        "writable": Field(Text(parse=truth), "whether anybody may write to it"),
    },
    lambda fields, _: _file(fields),
)

MACHINE = Record(
    "machine",
    {
        "platform": Field(Text(), "a platform of `ckpm target list` (default: linux-x86_64)"),
        "source": Field(Text(), "where this was seen or published"),
        "facts": Field(Table(Text()), "facts of the platform"),
        "environ": Field(Table(Text()), "environment variables"),
        "files": Field(Table(MACHINE_FILE), "absolute paths and what is there"),
        "directories": Field(Table(Each(Text())), "listings of directories, where names are all"),
        "many": Field(
            Table(Text(parse=_crowd)), "`/data/photos/*.jpg` to how many files there are"
        ),
        "registry": Field(Table(Text()), "values of Windows' registry: `HKLM\\KEY!NAME`"),
    },
    lambda fields, _: _machine(fields),
)

FOUND = Record(
    "found",
    {
        "package": Field(Text(parse=package_name), "the package"),
        "version": Field(Text(), "its version", required=True),
        "prefix": Field(Text(), "where it is installed", required=True),
        "abilities": Field(Each(Text()), "what it can do, all of it"),
        "evidence": Field(Each(Text()), "the files that prove it, all of them in order"),
        "options": Field(Table(Text()), "the options that it has"),
        "python": Field(Text(), "the interpreter that a Python distribution belongs to"),
        "owner": Field(Text(), "who installed it: `dpkg cmake 3.25.1-1`"),
        "needs": Field(Each(Text()), "modules that must be loaded before it"),
        "environment": Field(Each(Text()), "changes that using it needs: `PATH+=/opt/x/bin`"),
    },
    lambda fields, _: fields,
)

CASE = Record(
    "case",
    {
        "machine": Field(MACHINE, "the machine that is scanned", required=True),
        "found": Field(Each(FOUND), "exactly what must be found, in order", required=True),
        "packages": Field(_TEXTS, "what is looked for (default: the detector's package)"),
        "reports": Field(_TEXTS, "parts of the warnings, all of them in order"),
        "told": Field(Table(Text()), "what the machine tells of itself, all of it, for people"),
    },
    lambda fields, line: DetectionCase(**fields, line=line),
)

CASES = Each(CASE)


def described_host(machine: Machine) -> DescribedHost:
    """Return the machine as detectors see it.

    Raises:
        UsageError: when nobody has described its platform.
    """
    known = known_platforms()
    native = known["linux-x86_64"]
    return DescribedHost(
        machine, parse_target(machine.platform, known, native).stating(machine.facts)
    )


def _file(fields: dict[str, Any]) -> MachineFile:
    said = {name: fields.pop(name) for name in tuple(_ANSWER_FIELDS) if name in fields}
    content = [fields.pop(name) for name in ("text", "bytes", "machine") if name in fields]
    text = next(iter(content), b"")
    return MachineFile(
        content=text.encode() if isinstance(text, str) else text,
        answer=Answer(**said) if said else None,
        answers=dict(fields.pop("answers", ())),
        digests=dict(fields.pop("digests", ())),
        is_writable=fields.pop("writable", False),
        **fields,
    )


def _machine(fields: dict[str, Any]) -> Machine:
    tables = ("facts", "environ", "files", "directories", "registry")
    known: dict[str, Any] = {name: dict(fields.pop(name, ())) for name in tables}
    for pattern, number in fields.pop("many", ()):
        directory, _, name = pattern.rpartition("/")
        names = tuple(name.replace("*", f"{i:012}") for i in range(1, number + 1))
        known["directories"][directory] = (*known["directories"].get(directory, ()), *names)
    return Machine(**fields, **known)
