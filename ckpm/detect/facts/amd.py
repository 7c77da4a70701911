"""Graphics processors that AMD's compute driver offers.

The files are those of drivers/gpu/drm/amd/amdkfd/kfd_topology.c in Linux.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.asking import read_text
from ckpm.model.facts import Device, Fact
from ckpm.system.host import Host

_NODES = "/sys/class/kfd/kfd/topology/nodes"
# Only a driver that came without the kernel has a version of its own.
_VERSION = "/sys/module/amdgpu/version"


def amd_devices(host: Host) -> Iterator[Device]:
    """Yield each one by what compilers call it: ``gfx942``."""
    version = read_text(host, _VERSION)
    driver = (Fact("driver", version, _VERSION),) if version else ()
    for node in host.names(_NODES):
        source = f"{_NODES}/{node}/properties"
        number = _properties(host, source).get("gfx_target_version", 0)
        if number:  # A processor is a node too.
            name = Fact("name", f"AMD {_target(number)}", source)
            yield Device("gpu", (name, *_memory(host, node), *driver))


def _target(number: int) -> str:
    """Return ``gfx90a`` of 90010: major, minor and, in hexadecimal, stepping."""
    return f"gfx{number // 10000}{number // 100 % 100}{number % 100:x}"


def _memory(host: Host, node: str) -> Iterator[Fact]:
    banks = f"{_NODES}/{node}/mem_banks"
    sizes = (
        _properties(host, f"{banks}/{bank}/properties").get("size_in_bytes", 0)
        for bank in host.names(banks)
    )
    if size := sum(sizes):
        yield Fact("memory", size, banks)


def _properties(host: Host, path: str) -> dict[str, int]:
    told = re.findall(r"(?m)^(\w+) (\d+)$", read_text(host, path))
    return {name: int(value) for name, value in told}
