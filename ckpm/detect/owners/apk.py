"""Alpine's database: one file, a stanza a package, a block of lines a directory.

``P:`` is the package, ``V:`` its version, ``F:`` a directory without the leading slash, and below
it ``R:`` each file (https://wiki.alpinelinux.org/wiki/Apk_spec).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from ckpm.detect.owners.database import read_whole, undisputed
from ckpm.model.owner import Owner
from ckpm.system.host import Host

_FIELD = re.compile(rb"(?m)^([PV]):(.+)$")

# By directory, the lines that list its wanted files, with their names.
_Wanted = Mapping[bytes, Mapping[bytes, str]]


def find(host: Host, directory: str, names: frozenset[str]) -> dict[str, Owner]:
    """Return the owners of files by these names."""
    wanted = _wanted(names)
    claims: dict[str, set[Owner]] = {}
    for stanza in read_whole(host, f"{directory}/installed").split(b"\n\n"):
        for name in _listed(stanza, wanted):
            claims.setdefault(name, set()).update(_owner(stanza))
    return undisputed(claims)


def _wanted(names: frozenset[str]) -> _Wanted:
    wanted: dict[bytes, dict[bytes, str]] = {}
    for name in names:
        directory, _, file = os.fsencode(name[1:]).rpartition(b"/")
        wanted.setdefault(directory, {})[b"R:" + file] = name
        # The directory itself is the line behind `F:`.
        wanted.setdefault(os.fsencode(name[1:]), {})[b""] = name
    return wanted


def _listed(stanza: bytes, wanted: _Wanted) -> Iterator[str]:
    for block in stanza.split(b"\nF:")[1:]:
        directory, _, files = block.partition(b"\n")
        lines = wanted.get(directory)
        if lines:
            yield from (lines[line] for line in lines.keys() & {b"", *files.split(b"\n")})


def _owner(stanza: bytes) -> set[Owner]:
    fields = dict(_FIELD.findall(stanza))
    if fields.keys() != {b"P", b"V"}:
        return set()
    return {Owner("apk", os.fsdecode(fields[b"P"]), os.fsdecode(fields[b"V"]))}
