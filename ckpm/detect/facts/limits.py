"""How much of a machine a control group leaves: a container may be smaller than its machine.

See cgroup-v2 in the kernel's documentation, and memory and sched-bwc there for version 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from ckpm.detect.facts.asking import read_text
from ckpm.model.facts import Fact
from ckpm.system.host import Host

_TOP = "/sys/fs/cgroup"
_STATUS = "/proc/self/status"


def processor_limit(host: Host, threads: int) -> Iterator[Fact]:
    """Yield how many processors may be used at once, if that is fewer than ``threads``."""
    allowed = re.search(r"(?m)^Cpus_allowed_list:\s*([\d,-]+)", read_text(host, _STATUS))
    limits = [*_quotas(host), *([(count_of(allowed[1]), _STATUS)] if allowed else [])]
    limit, source = min(limits, default=(threads, ""))
    if limit < threads:
        yield Fact("processor-limit", f"{limit:g}", source)


def memory_limit(host: Host, size: int) -> Iterator[Fact]:
    """Yield how much memory may be used, if that is less than ``size``."""
    limit, source = min(_bounds(host), default=(size, ""))
    if limit < size:
        yield Fact("memory-limit", limit, source)


def count_of(ranges: str) -> int:
    """Count the processors of a list as in ``0-3,8``."""
    ends = re.findall(r"(\d+)(?:-(\d+))?", ranges)
    return sum(int(last or first) - int(first) + 1 for first, last in ends)


def _bounds(host: Host) -> Iterator[tuple[int, str]]:
    for group in _groups(host, "memory"):
        for path in (f"{group}/memory.max", f"{group}/memory.limit_in_bytes"):
            if (text := read_text(host, path)).isdecimal():
                yield int(text), path


def _quotas(host: Host) -> Iterator[tuple[float, str]]:
    """Version 2 has both numbers in one file: ``150000 100000``."""
    for group in _groups(host, "cpu"):
        for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
            numbers = " ".join(read_text(host, f"{group}/{name}") for name in names).split()
            # "max" and "-1" are no limits.
            if len(numbers) == 2 and all(number.isdecimal() for number in numbers):
                yield int(numbers[0]) / max(int(numbers[1]), 1), f"{group}/{names[0]}"


def _groups(host: Host, controller: str) -> Iterator[str]:
    """Yield the directories of the groups that we are in, in both versions, innermost first.

    Inside a container, its own group is often the topmost, whatever the path says.
    """
    for line in read_text(host, "/proc/self/cgroup").splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        if not controllers or controller in controllers.split(","):
            top = f"{_TOP}/{controller}" if controllers else _TOP
            while path not in ("", "/"):
                yield top + path
                path = dirname(path)
            yield top
