"""Operating system, distribution, kernel and C library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ckpm.detect.facts.asking import read_text, told
from ckpm.model.facts import Fact
from ckpm.system.host import Host

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
# Debian's own name has no more than the release, this file has the point release too.
_RELEASE_FILES = (*_OS_RELEASE, "/etc/debian_version")
_MACOS = "/System/Library/CoreServices/SystemVersion.plist"
_WINDOWS = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
# The registry of Windows 11 still says "Windows 10":
# https://learn.microsoft.com/en-us/windows/release-health/windows11-release-information
_FIRST_BUILD_OF_11 = 22000


def operating_system(host: Host) -> Iterator[Fact]:
    """Yield the system's name and versions, whatever it is."""
    if host.platform.os == "macos":
        yield from _macos(host)
    elif host.platform.os == "windows":
        yield from _windows(host)
    elif host.environ.get("ANDROID_ROOT"):
        yield from _android(host)
    else:
        yield from _linux(host)
    kernel = "/proc/sys/kernel/osrelease"
    yield from told("kernel", read_text(host, kernel), kernel)
    yield from _c_library(host)


def _linux(host: Host) -> Iterator[Fact]:
    """Ask `distro`, which reads below a root directory: what the machine tells is put into one."""
    import tempfile

    from distro import LinuxDistribution

    if not any(host.inspect(file) for file in _OS_RELEASE):
        return
    texts = {file: text for file in _RELEASE_FILES if (text := read_text(host, file))}
    source = next(iter(texts), "")
    with tempfile.TemporaryDirectory(prefix="ckpm-facts-") as root:
        for file, text in texts.items():
            copy = Path(root + file)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
        known = LinuxDistribution(
            root_dir=root, include_lsb=False, include_uname=False, include_oslevel=False
        )
        # It stumbles over a file that is cut short.
        with suppress(ValueError):
            yield from told("system", known.name(pretty=True), source)
            yield from told("distribution", known.id(), source)
            yield from told("release", known.version(best=True), source)
            yield from told("codename", known.codename(), source)


def _macos(host: Host) -> Iterator[Fact]:
    text = read_text(host, _MACOS)
    known = dict(re.findall(r"<key>(\w+)</key>\s*<string>([^<]*)</string>", text))
    version = known.get("ProductVersion", "")
    if version:
        yield Fact("system", f"{known.get('ProductName', 'macOS')} {version}", _MACOS)
        yield Fact("release", version, _MACOS)


def _windows(host: Host) -> Iterator[Fact]:
    name, build, shown = (
        host.registry(f"{_WINDOWS}!{value}") or ""
        for value in ("ProductName", "CurrentBuild", "DisplayVersion")
    )
    if build.isdecimal() and int(build) >= _FIRST_BUILD_OF_11:
        name = name.replace("Windows 10", "Windows 11")
    yield from told("system", " ".join(filter(None, (name, shown))), f"{_WINDOWS}!ProductName")
    yield from told("release", f"10.0.{build}" if build else "", f"{_WINDOWS}!CurrentBuild")


def _android(host: Host) -> Iterator[Fact]:
    termux = host.environ.get("TERMUX_VERSION")
    name = f"Android with Termux {termux}" if termux else "Android"
    yield Fact("system", name, "$TERMUX_VERSION" if termux else "$ANDROID_ROOT")


def _c_library(host: Host) -> Iterator[Fact]:
    """What the platform says by default does not count where the loader is musl's."""
    for name, source in (("musl", "its loader"), ("glibc", "confstr(CS_GNU_LIBC_VERSION)")):
        version = host.platform.fact(name)
        if version and host.platform.os == "linux":
            yield Fact("libc", f"{name} {version}", source)
            return
