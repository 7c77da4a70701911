"""The graphics processor inside of a Jetson, which is no device on a bus."""

from __future__ import annotations

from collections.abc import Iterator

from ckpm.detect.facts.asking import read_text
from ckpm.model.facts import Device, Fact
from ckpm.system.host import Host

_FILE = "/proc/device-tree/compatible"
# https://developer.nvidia.com/cuda-gpus lists the modules; which chip they have:
# https://docs.nvidia.com/jetson/archives/
_CHIPS = {
    "tegra210": ("Tegra X1", "5.3"),
    "tegra186": ("Tegra X2", "6.2"),
    "tegra194": ("Tegra Xavier", "7.2"),
    "tegra234": ("Tegra Orin", "8.7"),
}


def tegra_devices(host: Host) -> Iterator[Device]:
    """Yield it with its compute capability; memory is that of the machine."""
    for compatible in read_text(host, _FILE).split("\0"):
        if chip := _CHIPS.get(compatible.removeprefix("nvidia,")):
            name, capability = chip
            facts = (
                Fact("name", f"NVIDIA {name}", _FILE),
                Fact("compute-capability", capability, _FILE),
            )
            yield Device("gpu", facts)
