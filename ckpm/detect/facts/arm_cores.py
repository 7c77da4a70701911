"""The names of ARM's processors: the kernel tells numbers only.

From Linux, arch/arm64/include/asm/cputype.h, and the manuals of the cores (register MIDR_EL1).
"""

from __future__ import annotations

from collections.abc import Mapping

_MAKERS = {
    "0x41": "ARM", "0x42": "Broadcom", "0x43": "Cavium", "0x46": "Fujitsu", "0x48": "HiSilicon",
    "0x4e": "NVIDIA", "0x50": "APM", "0x51": "Qualcomm", "0x53": "Samsung", "0x61": "Apple",
    "0xc0": "Ampere",
}  # fmt: skip
_CORES = {
    "ARM": {
        "0xb76": "ARM1176", "0xc07": "Cortex-A7", "0xc08": "Cortex-A8", "0xc09": "Cortex-A9",
        "0xc0f": "Cortex-A15", "0xd03": "Cortex-A53", "0xd04": "Cortex-A35", "0xd05": "Cortex-A55",
        "0xd07": "Cortex-A57", "0xd08": "Cortex-A72", "0xd09": "Cortex-A73", "0xd0a": "Cortex-A75",
        "0xd0b": "Cortex-A76", "0xd0c": "Neoverse-N1", "0xd0d": "Cortex-A77",
        "0xd40": "Neoverse-V1", "0xd41": "Cortex-A78", "0xd42": "Cortex-A78AE",
        "0xd44": "Cortex-X1", "0xd46": "Cortex-A510", "0xd47": "Cortex-A710", "0xd48": "Cortex-X2",
        "0xd49": "Neoverse-N2", "0xd4b": "Cortex-A78C", "0xd4d": "Cortex-A715",
        "0xd4e": "Cortex-X3", "0xd4f": "Neoverse-V2", "0xd80": "Cortex-A520",
        "0xd81": "Cortex-A720", "0xd82": "Cortex-X4", "0xd84": "Neoverse-V3",
        "0xd8e": "Neoverse-N3",
    },
    "Cavium": {"0x0a1": "ThunderX", "0x0af": "ThunderX2"},
    "Fujitsu": {"0x001": "A64FX"},
    "HiSilicon": {"0xd01": "TSV110"},
    "NVIDIA": {"0x003": "Denver 2", "0x004": "Carmel"},
    "Apple": {"0x022": "M1", "0x023": "M1", "0x032": "M2", "0x033": "M2"},
    "Ampere": {"0xac3": "Ampere-1", "0xac4": "Ampere-1a"},
}  # fmt: skip


def maker_name(block: Mapping[str, str]) -> str:
    """Return who designed the processor of a block of /proc/cpuinfo; nothing when unknown."""
    return _MAKERS.get(block.get("CPU implementer", ""), "")


def core_name(block: Mapping[str, str]) -> str:
    """Return the core of a block of /proc/cpuinfo, by its number at least; nothing without one."""
    maker, part = maker_name(block), block.get("CPU part")
    return f"{maker} {_CORES.get(maker, {}).get(part, part)}" if maker and part else ""
