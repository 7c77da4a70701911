"""Which wheels a platform takes, as lists of exact tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ckpm.model.platform import Platform

MINORS = tuple(range(7, 21))
"""The minors of Python 3 that wheels can be for."""

_LINUX_ARCH = {"x86_64": "x86_64", "arm64": "aarch64", "armv7": "armv7l", "riscv64": "riscv64"}
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_WINDOWS = {"x86_64": "win_amd64", "arm64": "win_arm64"}
_CPYTHON = re.compile(r"cp3(\d+)$")
_MACHINE = re.compile(
    r"(?:many|musl)?(linux|macosx|win|android|ios)(?:[\d_]*_)?"
    r"(x86_64|amd64|i686|aarch64|arm64|armv7l|riscv64|ppc64le|s390x|32|universal2)"
)


@lru_cache(maxsize=64)
def platform_tags(platform: Platform) -> tuple[str, ...]:
    """Return the platform's part of the wheel tags it takes, best first; empty if there are none.

    The source of the rules is PEP 600 (manylinux), PEP 656 (musllinux) and the platform tags page
    of the packaging user guide.
    """
    match platform.os:
        case "linux":
            return tuple(_linux_tags(platform))
        case "macos":
            return tuple(_macos_tags(platform))
        case "windows":
            return (_WINDOWS[platform.arch],)
        case _:
            return ()


def no_python_part(platform: Platform) -> str | None:
    """Say why a platform has no Python part, and which have one; ``None`` where it has one."""
    if platform.uv is not None:
        return None
    return (
        f"there is no Python part for {platform}, as uv chooses no wheels for it; there is one for"
        " Linux on x86_64 and arm64, macOS and Windows"
    )


def admitted_minors(file_name: str) -> set[int]:
    """Return the minors of Python 3 that a wheel's tags admit (PEP 425)."""
    *_, interpreters, abis, _platform = file_name.removesuffix(".whl").split("-")
    found: set[int] = set()
    for interpreter in interpreters.split("."):
        match = _CPYTHON.match(interpreter)
        if match and "abi3" in abis.split("."):
            found |= {minor for minor in MINORS if minor >= int(match[1])}
        elif match and abis != f"cp3{match[1]}t":
            found.add(int(match[1]))
        elif interpreter == "py3":
            found |= set(MINORS)
        elif interpreter.startswith("py3") and interpreter[3:].isdigit():
            found |= {minor for minor in MINORS if minor >= int(interpreter[3:])}
    return found


def admitted_platforms(file_name: str) -> set[str]:
    """Return the platform tags in a wheel's file name; ``any`` is one."""
    return set(file_name.removesuffix(".whl").rpartition("-")[2].split("."))


def is_fitting(file_name: str, python: str, platform: Platform) -> bool:
    """Whether a wheel, by its file name, is for a Python version (``3.13.2``) on a platform."""
    tags = {*platform_tags(platform), "any"}
    minor = int(python.split(".")[1])
    return minor in admitted_minors(file_name) and not tags.isdisjoint(
        admitted_platforms(file_name)
    )


def is_for_other_machines(tags: Iterable[str], platform: Platform) -> bool:
    """Whether platform tags name machines, and all of them others than the platform's.

    A tag of a machine nobody knows says nothing: some projects have names of their own (``sbsa``).
    """
    ours = {found.groups() for tag in platform_tags(platform) if (found := _MACHINE.fullmatch(tag))}
    named = [_MACHINE.fullmatch(tag) for tag in tags]
    return bool(named) and all(found is not None and found.groups() not in ours for found in named)


def _linux_tags(platform: Platform) -> Iterator[str]:
    arch = _LINUX_ARCH.get(platform.arch, platform.arch)
    if musl := platform.fact("musl"):
        for minor in range(int(musl.split(".")[1]), -1, -1):
            yield f"musllinux_1_{minor}_{arch}"
    if glibc := platform.fact("glibc"):
        for minor in range(int(glibc.split(".")[1]), 4, -1):
            yield f"manylinux_2_{minor}_{arch}"
            if minor in _LEGACY:
                yield f"{_LEGACY[minor]}_{arch}"
    yield f"linux_{arch}"


def _macos_tags(platform: Platform) -> Iterator[str]:
    from packaging.tags import mac_platforms

    major, _, minor = (platform.fact("macos") or "12.0").partition(".")
    return mac_platforms((int(major), int(minor or 0)), platform.arch)
