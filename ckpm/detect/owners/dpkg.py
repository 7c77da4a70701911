"""Debian's database (dpkg(1), dpkg-divert(1), deb-md5sums(5)), also as distroless images keep it.

``info/<package>.list`` or ``<package>:<architecture>.list`` has a path a line, ``status`` the
versions. Distroless images have ``status.d/<package>`` and ``status.d/<package>.md5sums`` instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

from ckpm.detect.owners.database import read_whole, undisputed
from ckpm.model.owner import Owner
from ckpm.system.host import Host

_LIST = ".list"
_SUMS = ".md5sums"
_PATH_IN_SUMS = len("d41d8cd98f00b204e9800998ecf8427e  ")
_FIELD = re.compile(rb"(?m)^(Status|Architecture|Version): *(\S.*?) *$")
# Such a package has left nothing but its configuration.
_GONE = (b"config-files", b"not-installed")

# Where files of this name go, and the package whose own file keeps the name.
_Diversions = Mapping[str, tuple[str, str]]


def find(host: Host, directory: str, names: frozenset[str]) -> dict[str, Owner]:
    """Return the owners of files by these names, diverted ones too."""
    claims: dict[str, set[str]] = {}
    for name, package in _claims(host, directory, names):
        claims.setdefault(name, set()).add(package)
    owners = _owners(host, directory, set().union(*claims.values()))
    return undisputed(
        {
            name: {owners[package] for package in packages & owners.keys()}
            for name, packages in claims.items()
        }
    )


def _claims(host: Host, directory: str, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield names, these and perhaps others, with the packages that have a file there."""
    diversions = _diversions(host, directory)
    diverted = {name for name, (place, _) in diversions.items() if place in names}
    wanted = frozenset(map(os.fsencode, names | diverted))
    for package, listed in _lists(host, directory):
        # One set operation a package: a loop over each line would take many times longer.
        for line in wanted.intersection(listed):
            yield _place(os.fsdecode(line), package, diversions), package


def _diversions(host: Host, directory: str) -> _Diversions:
    lines = os.fsdecode(read_whole(host, f"{directory}/diversions")).split("\n")
    triples = zip(lines[::3], lines[1::3], lines[2::3], strict=False)
    return {name: (place, package) for name, place, package in triples if package}


def _place(name: str, package: str, diversions: _Diversions) -> str:
    """Return where a package's file lies, which another package may have moved out of its way."""
    place, diverter = diversions.get(name, (name, ""))
    return name if package.partition(":")[0] == diverter else place


def _lists(host: Host, directory: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield each package with the paths that it lists."""
    for file in host.names(f"{directory}/info"):
        if file.endswith(_LIST):
            lines = read_whole(host, f"{directory}/info/{file}").split(b"\n")
            yield file.removesuffix(_LIST), lines
    for file in host.names(f"{directory}/status.d"):
        if file.endswith(_SUMS):
            lines = read_whole(host, f"{directory}/status.d/{file}").split(b"\n")
            yield file.removesuffix(_SUMS), [b"/" + line[_PATH_IN_SUMS:] for line in lines]


def _owners(host: Host, directory: str, packages: set[str]) -> dict[str, Owner]:
    """Return those of the packages that are installed; an architecture may be in the key."""
    wanted = {package.partition(":")[0] for package in packages}
    found: dict[str, Owner] = {}
    for stanza in _stanzas(host, directory) if wanted else ():
        name = os.fsdecode(stanza.partition(b"\n")[0].removeprefix(b"Package:").strip())
        fields = dict(_FIELD.findall(stanza)) if name in wanted else {}
        if b"Version" in fields and not fields.get(b"Status", b"").endswith(_GONE):
            architecture = os.fsdecode(fields.get(b"Architecture", b""))
            owner = Owner("dpkg", name, os.fsdecode(fields[b"Version"]))
            found[name] = found[f"{name}:{architecture}"] = owner
    return found


def _stanzas(host: Host, directory: str) -> Iterator[bytes]:
    yield from read_whole(host, f"{directory}/status").split(b"\n\n")
    for file in host.names(f"{directory}/status.d"):
        if not file.endswith(_SUMS):
            yield host.read(f"{directory}/status.d/{file}")
