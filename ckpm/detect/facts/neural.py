"""Accelerators for neural networks, by the devices that their drivers make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.asking import read_text
from ckpm.model.facts import Device, Fact
from ckpm.system.host import Host

# As the drivers' documentation says: coral.ai, hailo.ai, hiascend.com,
# awsdocs-neuron.readthedocs-hosted.com.
_NODES = {
    "apex_": "Coral Edge TPU",
    "hailo": "Hailo",
    "davinci": "Huawei Ascend",
    "neuron": "AWS Neuron",
}
# Drivers in Linux, drivers/accel.
_ACCELERATORS = "/sys/class/accel"
_DRIVERS = {"intel_vpu": "Intel NPU", "amdxdna": "AMD XDNA", "habanalabs": "Intel Gaudi"}


def neural_devices(host: Host) -> Iterator[Device]:
    """Yield each accelerator that has a device."""
    for node in host.names("/dev"):
        if (name := _NODES.get(node.rstrip("0123456789"))) and node[-1].isdecimal():
            yield Device("npu", (Fact("name", name, f"/dev/{node}"),))
    for node in host.names(_ACCELERATORS):
        source = f"{_ACCELERATORS}/{node}/device/uevent"
        driver = re.search(r"(?m)^DRIVER=(\w+)$", read_text(host, source))
        if driver and driver[1] in _DRIVERS:
            yield Device("npu", (Fact("name", _DRIVERS[driver[1]], source),))
