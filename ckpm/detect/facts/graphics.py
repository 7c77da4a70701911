"""Graphics processors, by their drivers: NVIDIA's, AMD's, Jetson's, Apple's, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.amd import amd_devices
from ckpm.detect.facts.asking import Asking, read_text
from ckpm.detect.facts.nvidia import nvidia_devices
from ckpm.detect.facts.sysctl import SYSCTL, system_values
from ckpm.detect.facts.tegra import tegra_devices
from ckpm.model.facts import Device, Fact
from ckpm.system.host import Host

_DRM = "/sys/class/drm"
# https://pci-ids.ucw.cz/
_MAKERS = {"8086": "Intel", "1002": "AMD", "10DE": "NVIDIA", "1AF4": "virtio", "15AD": "VMware"}
# See "Display" of device setup classes in Microsoft's documentation.
_CLASS = (
    r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
    r"\%04d!%s"
)
_MOST_ADAPTERS = 8


def graphics_devices(host: Host, asking: Asking) -> Iterator[Device]:
    """Yield each graphics processor once."""
    if host.platform.os == "macos":
        yield from _apple(asking)
        return
    nvidia, amd = list(nvidia_devices(host, asking)), list(amd_devices(host))
    tegra = list(tegra_devices(host))
    yield from [*nvidia, *amd, *tegra]
    if host.platform.os == "windows":
        yield from _adapters(host, "NVIDIA" if nvidia else None)
        return
    drivers = ("nvidia",) * bool(nvidia or tegra), ("amdgpu",) * bool(amd), ("tegra",) * bool(tegra)
    yield from _render_nodes(host, sum(drivers, ()))


def _apple(asking: Asking) -> Iterator[Device]:
    """The processor has the graphics in it."""
    model = system_values(asking).get("machdep.cpu.brand_string", "")
    if model.startswith("Apple"):
        yield Device("gpu", (Fact("name", model, SYSCTL),))


def _render_nodes(host: Host, known: tuple[str, ...]) -> Iterator[Device]:
    """Yield what can compute, and belongs to none of the drivers that told more."""
    for node in host.names(_DRM):
        source = f"{_DRM}/{node}/device/uevent"
        if not node.startswith("renderD"):
            continue
        told = dict(re.findall(r"(?m)^(\w+)=(.*)$", read_text(host, source)))
        driver, pci = told.get("DRIVER", ""), told.get("PCI_ID", "")
        name = f"{_MAKERS.get(pci[:4], 'PCI')} {pci}" if pci else told.get("OF_COMPATIBLE_0", "")
        if name and not driver.startswith(known or ("?",)):
            yield Device("gpu", (Fact("name", name, source), Fact("driver", driver, source)))


def _adapters(host: Host, known: str | None) -> Iterator[Device]:
    for number in range(_MOST_ADAPTERS):
        name, version = (
            host.registry(_CLASS % (number, value)) for value in ("DriverDesc", "DriverVersion")
        )
        if name and not (known and known in name):
            source = _CLASS % (number, "DriverDesc")
            driver = (Fact("driver", version, source),) if version else ()
            yield Device("gpu", (Fact("name", name, source), *driver))
