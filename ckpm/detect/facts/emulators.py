"""Other platforms whose programs the kernel hands to an emulator by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.config.platforms import known_platforms
from ckpm.detect.facts.asking import read_text
from ckpm.model.facts import Fact
from ckpm.system.host import Host

# See binfmt-misc in the kernel's documentation.
_REGISTRATIONS = "/proc/sys/fs/binfmt_misc"
_ELF = r"(?m)^magic 7f454c46[0-9a-f]{28}([0-9a-f]{2})([0-9a-f]{2})"


def emulated_platforms(host: Host) -> Iterator[Fact]:
    """Yield the platforms in one fact, by what is registered, not by how it is called."""
    machines = {machine for name in host.names(_REGISTRATIONS) for machine in _machine(host, name)}
    if machines:
        known = known_platforms().values()
        # The kernel knows processors, and not which C library a program was linked with.
        described = (each for each in known if each.os == "linux" and not each.fact("musl"))
        linux = (each for each in described if each.elf_machine in machines)
        names = sorted(each.name for each in linux if each.name != host.platform.name)
        if names:
            yield Fact("emulated", ", ".join(names), _REGISTRATIONS)


def _machine(host: Host, name: str) -> Iterator[int]:
    """Yield for which machine's ELF files a registration is; none when it is switched off."""
    text = read_text(host, f"{_REGISTRATIONS}/{name}")
    told = re.search(_ELF, text)
    if told and text.startswith("enabled"):
        low, high = (int(digits, 16) for digits in told.groups())
        yield low | high << 8
