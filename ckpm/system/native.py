"""What platform this machine is, read without running anything."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from ckpm.model.platform import Platform

_SYSTEMS = {"Linux": "linux", "Darwin": "macos", "Windows": "windows", "FreeBSD": "freebsd"}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64", "i386": "x86", "i686": "x86", "armv7l": "armv7"}
# A 64-bit kernel runs 32-bit userlands, and wheels and libraries follow those.
_NARROW = {"x86_64": "x86", "arm64": "armv7"}

# The newest CUDA that each branch of the driver supports:
# https://docs.nvidia.com/deploy/cuda-compatibility/ and the CUDA release notes, table 3.
_CUDA_OF_DRIVER = (
    (590, "13.1"), (580, "13.0"), (575, "12.9"), (570, "12.8"), (565, "12.7"), (560, "12.6"),
    (555, "12.5"), (550, "12.4"), (545, "12.3"), (535, "12.2"), (530, "12.1"), (525, "12.0"),
    (520, "11.8"), (515, "11.7"), (510, "11.6"), (495, "11.5"), (470, "11.4"), (465, "11.3"),
    (460, "11.2"), (455, "11.1"), (450, "11.0"), (440, "10.2"), (418, "10.1"), (410, "10.0"),
)  # fmt: skip


def native_platform(known: Mapping[str, Platform]) -> Platform:
    """Return the described platform that this machine is, with the facts that hold here.

    A machine that nobody has described gets a platform of its own, named in the same way.
    """
    system, arch = _system_and_arch()
    name, facts = f"{system}-{arch}", dict(_facts())
    platform = known.get(f"{name}-musl" if "musl" in facts else name)
    if platform is None:
        platform = Platform(name, system, arch, f"{os.uname().machine}-{system}-gnu")
    return platform.stating(facts)


@functools.cache
def _system_and_arch() -> tuple[str, str]:
    machine = os.uname().machine.lower()
    arch = _MACHINES.get(machine, machine)
    if sys.maxsize < 2**32:
        arch = _NARROW.get(arch, arch)
    system = os.uname().sysname
    return _SYSTEMS.get(system, system.lower()), arch


@functools.cache
def _facts() -> tuple[tuple[str, str], ...]:
    found = {"cuda-driver": _cuda_driver(), **_c_library()}
    if sys.platform == "darwin":
        import platform

        found["macos"] = platform.mac_ver()[0]
    return tuple((name, version) for name, version in found.items() if version)


def _c_library() -> dict[str, str | None]:
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (ValueError, OSError):
        name = version = ""
    if name == "glibc":
        return {"glibc": version}
    loaders = sorted(Path("/lib").glob("ld-musl-*.so.1"))
    return {"musl": musl_version(loaders[0])} if loaders else {}


def musl_version(loader: Path) -> str | None:
    """Read the version that musl's loader would print, without running it."""
    match = re.search(rb"\0(\d+\.\d+\.\d+)\0", loader.read_bytes())
    return match[1].decode() if match else None


def _cuda_driver() -> str | None:
    module = Path("/proc/driver/nvidia/version")
    # Under WSL there is no kernel module of NVIDIA's, but a device that stands for Windows' driver.
    if not module.exists() and not Path("/dev/dxg").exists():
        return None
    return _cuda_of_library() or (cuda_of_module(module.read_text()) if module.exists() else None)


def _cuda_of_library() -> str | None:
    """Ask libcuda, which needs no device; a container's may be newer than the kernel's driver."""
    import ctypes

    number = ctypes.c_int()
    try:
        if ctypes.CDLL("libcuda.so.1").cuDriverGetVersion(ctypes.byref(number)) != 0:
            return None
    except (OSError, AttributeError):
        return None
    return f"{number.value // 1000}.{number.value % 1000 // 10}" if number.value else None


def cuda_of_module(text: str) -> str | None:
    """Return the newest CUDA that the driver in ``/proc/driver/nvidia/version`` supports."""
    match = re.search(r"Module.*?\s(\d{3,})\.\d+", text)
    if match is None:
        return None
    return next((cuda for branch, cuda in _CUDA_OF_DRIVER if int(match[1]) >= branch), None)
