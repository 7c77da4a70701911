"""What a device is, asked of the device itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from re import search

from ckpm.model.platform import Platform
from ckpm.system.devices.address import read_address
from ckpm.system.devices.device import Device
from ckpm.system.devices.faults import DeviceError
from ckpm.system.devices.opening import open_device

_SYSTEMS = {"Linux": "linux", "Darwin": "macos", "FreeBSD": "freebsd"}
_MACHINES = {
    "aarch64": "arm64",
    "amd64": "x86_64",
    "armv7l": "armv7",
    "armv8l": "armv7",
    "i386": "x86",
    "i586": "x86",
    "i686": "x86",
}
# A 64-bit kernel runs 32-bit userlands, and libraries follow those.
_NARROW = {"x86_64": "x86", "arm64": "armv7"}

_ASK = (
    'echo "system=$(uname -s)"; echo "kernel=$(uname -r)"; echo "machine=$(uname -m)"; '
    'echo "bits=$(getconf LONG_BIT 2>/dev/null)"; '
    'echo "glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null)"; '
    'echo "ldd=$(ldd --version 2>&1 | head -n 2 | tr "[:cntrl:]" " ")"; '
    'echo "api=$(getprop ro.build.version.sdk 2>/dev/null)"; '
    'echo "abi=$(getprop ro.product.cpu.abi 2>/dev/null)"; '
    'echo "model=$(getprop ro.product.model 2>/dev/null)"; '
    'echo "board=$(cat /proc/device-tree/model 2>/dev/null | tr -d "[:cntrl:]")"; '
    'echo "macos=$(sw_vers -productVersion 2>/dev/null)"; '
    'echo "distribution=$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")"; '
    'echo "threads=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null)"; '
    'echo "home=$HOME"'
)


@dataclass(frozen=True)
class DeviceFacts:
    """What a device told, by the names of ``_ASK``; what it could not tell is empty."""

    title: str
    told: Mapping[str, str]

    @property
    def os(self) -> str:
        """The system as platforms name it."""
        system = self.told.get("system", "")
        return "android" if self.told.get("api") else _SYSTEMS.get(system, system.lower())

    @property
    def arch(self) -> str:
        """The processor as programs see it: that of a 32-bit system on a 64-bit kernel is 32."""
        machine = self.told.get("machine", "").lower()
        arch = _MACHINES.get(machine, machine)
        return _NARROW.get(arch, arch) if self.told.get("bits") == "32" else arch

    def facts(self) -> dict[str, str]:
        """Return what holds of the platform there: ``glibc`` or ``musl``, ``api``, ``macos``."""
        told = {
            "api": self.told.get("api", ""),
            "glibc": self._glibc(),
            "macos": self.told.get("macos", ""),
            "musl": self._musl(),
        }
        return {name: version for name, version in told.items() if version}

    def platform(self, known: Mapping[str, Platform]) -> Platform:
        """Return the described platform that the device is, with its facts.

        Raises:
            DeviceError: when nobody has described such a platform.
        """
        facts = self.facts()
        names = [f"{self.os}-{self.arch}-musl"] if "musl" in facts else []
        names.append(f"{self.os}-{self.arch}")
        abi = self.told.get("abi")
        if self.os == "android" and abi:
            names = [p.name for p in known.values() if p.os == "android" and p.abi == abi]
        found = next((known[name] for name in names if name in known), None)
        if found is None:
            raise DeviceError(
                f"{self.title}: no platform describes it: {self.os} on {abi or self.arch}",
                hints=["`ckpm target list` shows those that are described"],
            )
        return found.stating(facts)

    def target(self, known: Mapping[str, Platform]) -> str:
        """Return the platform and its facts as ``--target`` takes them."""
        stated = ",".join(f"{name}={version}" for name, version in sorted(self.facts().items()))
        return self.platform(known).name + (f":{stated}" if stated else "")

    def rows(self) -> dict[str, str]:
        """Return what a record of a run says of the machine it ran on."""
        names = ("distribution", "kernel", "machine", "abi", "threads")
        shown = {name: self.told[name] for name in names if self.told.get(name)}
        name = self.told.get("model") or self.told.get("board")
        return {"device": self.title, **({"name": name} if name else {}), **shown, **self.facts()}

    def _glibc(self) -> str:
        told = self.told.get("glibc", "").removeprefix("glibc ")
        found = search(r"(?:GLIBC|GNU libc)[^)]*\)\s+(\d+\.\d+)", self.told.get("ldd", ""))
        return told or (found[1] if found else "")

    def _musl(self) -> str:
        found = search(r"musl libc.*?Version (\d+(?:\.\d+)+)", self.told.get("ldd", ""))
        return found[1] if found else ""


def device_facts(device: Device) -> DeviceFacts:
    """Ask a device what it is.

    Raises:
        DeviceError: when it cannot be reached, or has no POSIX shell.
    """
    lines = (line.partition("=") for line in device.ask(_ASK).splitlines())
    told = {name: value.strip() for name, equals, value in lines if equals}
    if not told.get("system"):
        raise DeviceError(f"{device.title}: it does not say what it is: it has no POSIX shell")
    return DeviceFacts(device.title, told)


def device_target(
    text: str, known: Mapping[str, Platform], environ: Mapping[str, str] | None = None
) -> str:
    """Return the target that a device is: ``linux-arm64:glibc=2.36``, ``android-arm64:api=34``.

    Raises:
        UsageError: for what is no address, or could mean several devices.
        NotFoundError: when there is no ``ssh`` or ``adb`` here.
        DeviceError: when the device cannot be reached, or nobody has described its platform.
    """
    with open_device(read_address(text), environ) as device:
        return device_facts(device).target(known)
