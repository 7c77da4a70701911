"""What macOS tells in no file, from a program of its own."""

from __future__ import annotations

from ckpm.detect.facts.asking import Asking

SYSCTL = "sysctl"
_PROGRAM = "/usr/sbin/sysctl"
_NAMES = ("machdep.cpu.brand_string", "hw.physicalcpu", "hw.logicalcpu", "hw.memsize")


def system_values(asking: Asking) -> dict[str, str]:
    """Return values by their names; none on another system."""
    if asking.host.platform.os != "macos":
        return {}
    lines = asking.ask([_PROGRAM, *_NAMES]).splitlines()
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}
