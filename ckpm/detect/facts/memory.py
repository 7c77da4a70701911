"""How much memory there is, and how much of it may be used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.asking import Asking, read_text
from ckpm.detect.facts.limits import memory_limit
from ckpm.detect.facts.sysctl import SYSCTL, system_values
from ckpm.model.facts import Fact
from ckpm.system.host import Host

_FILE = "/proc/meminfo"


def memory_facts(host: Host, asking: Asking) -> Iterator[Fact]:
    """Yield sizes in bytes."""
    if told := re.search(r"(?m)^MemTotal:\s*(\d+) kB", read_text(host, _FILE)):
        size = int(told[1]) << 10
        yield Fact("memory", size, _FILE)
        yield from memory_limit(host, size)
    elif (text := system_values(asking).get("hw.memsize", "")).isdecimal():
        yield Fact("memory", int(text), SYSCTL)
