"""Arch's database: a directory for each package, with ``desc`` and ``files``.

``%NAME%``, ``%VERSION%`` and ``%FILES%`` stand on lines of their own before their values; paths
have no leading slash, and directories one at the end.
"""

from __future__ import annotations

import os
import re

from ckpm.detect.owners.database import read_whole, undisputed
from ckpm.model.owner import Owner
from ckpm.system.host import Host

_FIELD = re.compile(r"(?m)^%(NAME|VERSION)%\n(.+)$")


def find(host: Host, directory: str, names: frozenset[str]) -> dict[str, Owner]:
    """Return the owners of files by these names."""
    wanted = {os.fsencode(name[1:] + end): name for name in names for end in ("", "/")}
    lines = frozenset(wanted)
    claims: dict[str, set[Owner]] = {}
    for entry in host.names(directory):
        listed = lines.intersection(read_whole(host, f"{directory}/{entry}/files").split(b"\n"))
        if listed:
            owner = _owner(host, f"{directory}/{entry}/desc")
            for line in listed:
                claims.setdefault(wanted[line], set()).update(owner)
    return undisputed(claims)


def _owner(host: Host, file: str) -> set[Owner]:
    fields = dict(_FIELD.findall(host.read(file).decode("utf-8", "replace")))
    if fields.keys() != {"NAME", "VERSION"}:
        return set()
    return {Owner("pacman", fields["NAME"], fields["VERSION"])}
