"""The processor: its model, how many there are, and its microarchitecture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ckpm.detect.facts.arm_cores import core_name, maker_name
from ckpm.detect.facts.asking import Asking, read_text, told
from ckpm.detect.facts.limits import count_of
from ckpm.detect.facts.microarchitecture import microarchitecture
from ckpm.detect.facts.sysctl import SYSCTL, system_values
from ckpm.model.facts import Fact
from ckpm.system.host import Host

_FILE = "/proc/cpuinfo"
_CPU = "/sys/devices/system/cpu"
_ONLINE = f"{_CPU}/online"
_SIBLINGS = f"{_CPU}/cpu0/topology/thread_siblings_list"
_REGISTRY = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"


def processor_facts(host: Host, asking: Asking) -> Iterator[Fact]:
    """Yield what the system says of its processors."""
    if host.platform.os == "macos":
        yield from _macos(host, system_values(asking))
    elif host.platform.os == "windows":
        yield from _windows(host)
    else:
        yield from _linux(host)


def _linux(host: Host) -> Iterator[Fact]:
    blocks = _blocks(read_text(host, _FILE))
    first = blocks[0] if blocks else {}
    # Processors of several kinds share one ARM system; POWER and RISC-V have words of their own.
    names = [core_name(block) for block in blocks] if "CPU part" in first else []
    model = " + ".join(dict.fromkeys(filter(None, names))) or first.get("model name", "")
    yield from told("processor", model or first.get("cpu", "") or first.get("uarch", ""), _FILE)
    yield from told("vendor", first.get("vendor_id", "") or maker_name(first), _FILE)
    yield from microarchitecture(host.platform, first, _FILE)
    if threads := count_of(read_text(host, _ONLINE)):
        yield from _cores(host, first, threads)
        yield Fact("threads", threads, _ONLINE)


def _blocks(text: str) -> list[dict[str, str]]:
    """Return what /proc/cpuinfo says of each processor; one read may not give all of them."""
    blocks = (re.findall(r"(?m)^([^:\n]+?)\s*: *(.*?) *$", block) for block in text.split("\n\n"))
    return [dict(block) for block in blocks if block]


def _cores(host: Host, block: Mapping[str, str], threads: int) -> Iterator[Fact]:
    """Fast cores may have two threads where slow ones have one; these two numbers know."""
    cores, siblings = block.get("cpu cores", ""), block.get("siblings", "")
    if cores.isdecimal() and siblings.isdecimal() and int(siblings):
        yield Fact("cores", threads * int(cores) // int(siblings), _FILE)
    elif together := count_of(read_text(host, _SIBLINGS)):
        yield Fact("cores", threads // together, _SIBLINGS)


def _macos(host: Host, values: Mapping[str, str]) -> Iterator[Fact]:
    model = values.get("machdep.cpu.brand_string")
    if model:
        yield Fact("processor", model, SYSCTL)
        yield from microarchitecture(host.platform, {"model name": model}, SYSCTL)
    for name, key in (("cores", "hw.physicalcpu"), ("threads", "hw.logicalcpu")):
        if values.get(key, "").isdecimal():
            yield Fact(name, int(values[key]), SYSCTL)


def _windows(host: Host) -> Iterator[Fact]:
    for name, value in (("processor", "ProcessorNameString"), ("vendor", "VendorIdentifier")):
        source = f"{_REGISTRY}!{value}"
        yield from told(name, (host.registry(source) or "").strip(), source)
    threads = host.environ.get("NUMBER_OF_PROCESSORS", "")
    if threads.isdecimal():
        yield Fact("threads", int(threads), "%NUMBER_OF_PROCESSORS%")
