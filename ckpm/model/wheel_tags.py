"""Which wheels a platform takes, as lists of exact tags."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ckpm.model.platform import Platform

_LINUX_ARCH = {"x86_64": "x86_64", "arm64": "aarch64", "armv7": "armv7l", "riscv64": "riscv64"}
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_WINDOWS = {"x86_64": "win_amd64", "arm64": "win_arm64"}


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


def _linux_tags(platform: Platform) -> Iterator[str]:
    arch = _LINUX_ARCH[platform.arch]
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
