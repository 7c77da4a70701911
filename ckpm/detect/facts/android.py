"""Android devices at the end of a cable, asked through adb.

``adb`` starts a server that stays when there is none, so it is only run when one listens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.asking import read_text
from ckpm.detect.journal import Journal
from ckpm.detect.search import Places, Search
from ckpm.model.facts import Device, Fact
from ckpm.system.host import Host

# The port is adb's default; 0A is LISTEN in proc_net_tcp(5).
_SOCKETS = "/proc/net/tcp"
_LISTENING = re.compile(rf"(?m)^\s*\d+: [0-9A-F]{{8}}:{5037:04X} [0-9A-F:]{{13}} 0A ")
_DEVICE = re.compile(r"(?m)^(\S+)\s+device\b")
_PROPERTIES = {
    "name": "ro.product.model",
    "api": "ro.build.version.sdk",
    "abi": "ro.product.cpu.abi",
}


def android_devices(host: Host) -> Iterator[Device]:
    """Yield each device that lets itself be asked; none where no server runs."""
    if not _LISTENING.search(read_text(host, _SOCKETS)):
        return
    programs = (f"{path}/adb" for path in Places(host, Search(), Journal()).programs)
    adb = next((path for path in programs if host.inspect(path) is not None), None)
    for serial in _DEVICE.findall(host.probe([adb, "devices"]).output) if adb else ():
        facts = tuple(_facts(host, [str(adb), "-s", serial]))
        if facts:
            yield Device("android", (*facts, Fact("serial", serial, "adb devices")))


def _facts(host: Host, adb: list[str]) -> Iterator[Fact]:
    for name, key in _PROPERTIES.items():
        told = host.probe([*adb, "shell", "getprop", key])
        if told.returncode == 0 and (value := told.output.strip()):
            yield Fact(name, value, f"getprop {key}")
