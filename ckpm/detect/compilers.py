"""Judge an installed compiler for a target: does it have what its programs are made of?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.model.installation import Installation
from ckpm.model.placeholders import fill
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe
from ckpm.model.toolchain import Compiling, target_values, toolchain_places
from ckpm.system.host import Host

MAX_BYTES = 8 << 20
_GLIBC = re.compile(rb"GNU C Library [^\n]*version (\d+\.\d+)")


def judge_compiler(host: Host, found: Installation, recipe: Recipe, target: Platform) -> Compiling:
    """Return why an installation cannot compile for a target, or the C library it compiles for."""
    rule = recipe.toolchain_for(target, host.platform)
    if rule is None:
        return Compiling()
    places = toolchain_places(found.prefix, found.executable) | target_values(target)
    for name, command in rule.programs[:2]:
        if host.inspect(path := fill(command[0], places)) is None:
            return Compiling(f"its {name} `{path}` is not there")
    if rule.libc == "own":
        return Compiling()
    if not any(host.inspect(f"{root}/stdio.h") for root in _header_directories(target, host)):
        where = " and ".join(_header_directories(target, host))
        package = f"libc6-dev-{target.debian}-cross" if target.debian else "a C library"
        if target.name == host.platform.name:
            package = "libc6-dev"
        return Compiling(f"the C library's headers for {target} are not in {where}: {package}")
    return Compiling(glibc=_glibc(target, host))


def _header_directories(target: Platform, host: Host) -> tuple[str, ...]:
    if target.name == host.platform.name:
        return ("/usr/include",)
    return tuple(f"{root}/include" for root in target.sysroots)


def _glibc(target: Platform, host: Host) -> str | None:
    if target.name == host.platform.name:
        return host.platform.fact("glibc")
    versions = (_version(path, host) for path in _c_libraries(target))
    return next((version for version in versions if version), None)


def _c_libraries(target: Platform) -> Iterator[str]:
    for root in target.sysroots:
        yield f"{root}/lib/libc.so.6"
        yield f"{root}/lib64/libc.so.6"


def _version(path: str, host: Host) -> str | None:
    if host.inspect(path) is None:
        return None
    match = _GLIBC.search(host.read(path, MAX_BYTES) or b"")
    return match[1].decode() if match else None
