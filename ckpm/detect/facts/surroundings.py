"""The board, and what the machine runs inside of: a container, Windows, a virtual machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.asking import read_text
from ckpm.model.facts import Fact
from ckpm.system.host import Host

_BOARD = "/proc/device-tree/model"
_TEGRA = "/etc/nv_tegra_release"
# systemd's own list of signs: https://systemd.io/CONTAINER_INTERFACE/
_CONTAINERS = (
    ("/run/.containerenv", "Podman"),
    ("/.dockerenv", "Docker"),
    ("/.singularity.d", "Apptainer"),
    ("/run/systemd/container", "systemd"),
)
_DMI = "/sys/class/dmi/id/"
# What firmware says of itself; more of them stand in systemd's virt.c.
_MAKERS = {
    "QEMU": "QEMU",
    "VMware, Inc.": "VMware",
    "innotek GmbH": "VirtualBox",
    "Xen": "Xen",
    "Microsoft Corporation": "Hyper-V",
    "Amazon EC2": "Amazon EC2",
    "Google": "Google Compute Engine",
    "Parallels International GmbH.": "Parallels",
}


def surroundings(host: Host) -> Iterator[Fact]:
    """Yield what stands around the system."""
    if board := read_text(host, _BOARD):
        yield Fact("board", board, _BOARD)
    # https://docs.nvidia.com/jetson/archives/: "# R36 (release), REVISION: 4.3, …"
    tegra = re.match(r"# R(\d+) \(release\), REVISION: ([\d.]+)", read_text(host, _TEGRA))
    if tegra:
        yield Fact("jetson-linux", f"{tegra[1]}.{tegra[2]}", _TEGRA)
    yield from _container(host)
    yield from _virtual_machine(host)


def _container(host: Host) -> Iterator[Fact]:
    for path, name in _CONTAINERS:
        if host.inspect(path) is not None:
            yield Fact("container", name, path)
            return


def _virtual_machine(host: Host) -> Iterator[Fact]:
    version = read_text(host, "/proc/version")
    if "microsoft" in version.lower():
        # WSL 1 translates system calls, and has no kernel of its own.
        name = "WSL 2" if "WSL2" in version or "microsoft-standard" in version else "WSL 1"
        yield Fact("virtualization", name, "/proc/version")
        return
    maker, product = (read_text(host, _DMI + name) for name in ("sys_vendor", "product_name"))
    if maker in _MAKERS and not _is_hardware(maker, product):
        yield Fact("virtualization", _MAKERS[maker], f"{_DMI}sys_vendor")
    elif re.search(r"(?m)^flags\s*:.*\bhypervisor\b", read_text(host, "/proc/cpuinfo")):
        yield Fact("virtualization", "virtual machine", "/proc/cpuinfo")


def _is_hardware(maker: str, product: str) -> bool:
    """Microsoft and Google sell computers, and Amazon rents whole ones."""
    virtual = {"Microsoft Corporation": "Virtual Machine", "Google": "Google Compute Engine"}
    return product != virtual.get(maker, product) or product.endswith(".metal")
