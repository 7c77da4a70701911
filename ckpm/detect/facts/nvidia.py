"""Graphics processors of NVIDIA's, from its driver's files and, for what these lack, nvidia-smi."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckpm.detect.facts.asking import Asking, read_text
from ckpm.model.facts import Device, Fact
from ckpm.system.host import Host

_DRIVER = "/proc/driver/nvidia"
_VERSION = f"{_DRIVER}/version"
# Windows' driver behind WSL has no files in /proc.
_WSL = "/dev/dxg"
_PROGRAMS = (
    "/usr/bin/nvidia-smi",
    "/usr/lib/wsl/lib/nvidia-smi",
    "/usr/local/nvidia/bin/nvidia-smi",
    "C:/Windows/System32/nvidia-smi.exe",
)
_SMI = "nvidia-smi"
_QUESTION = (
    "--query-gpu=name,memory.total,compute_cap,driver_version",
    "--format=csv,noheader",
)
# An older one answers that compute_cap is no field; a slice of a processor has "[N/A]".
_ANSWER = (
    r"(?m)^(?P<name>[^,\n]+), (?:(?P<memory>\d+) MiB|[^,\n]*), "
    r"(?:(?P<capability>\d+\.\d+)|[^,\n]*), (?P<driver>\d[\d.]*)\s*$"
)


def nvidia_devices(host: Host, asking: Asking) -> Iterator[Device]:
    """Yield each one with its memory, compute capability and driver, as far as they are told."""
    driver = _driver(host)
    if not driver and host.platform.os != "windows" and host.inspect(_WSL) is None:
        return
    models = list(_models(host))
    told = list(_asked(asking, driver, [fact.text for fact in models]))
    yield from told or (_unasked(model, driver) for model in models)


def _driver(host: Host) -> str:
    text = read_text(host, _VERSION)
    told = re.search(r"Kernel Module.*?\s(\d{3,}\.\d+(?:\.\d+)?)(?!\S)", text)
    return told[1] if told else ""


def _models(host: Host) -> Iterator[Fact]:
    for bus in host.names(f"{_DRIVER}/gpus"):
        source = f"{_DRIVER}/gpus/{bus}/information"
        if told := re.search(r"(?m)^Model:\s*(\S.*?)\s*$", read_text(host, source)):
            yield Fact("name", told[1], source)


def _unasked(model: Fact, driver: str) -> Device:
    return Device("gpu", (model, Fact("driver", driver, _VERSION)))


def _asked(asking: Asking, driver: str, models: list[str]) -> Iterator[Device]:
    def holds(text: str) -> bool:
        found = list(re.finditer(_ANSWER, text))
        names = sorted(each["name"] for each in found)
        return bool(driver) and names == sorted(models) and found[0]["driver"] == driver

    there = (path for path in _PROGRAMS if asking.host.inspect(path) is not None)
    program = next(there, None)
    answer = asking.ask([program, *_QUESTION], holds) if program else ""
    for each in re.finditer(_ANSWER, answer):
        yield Device("gpu", tuple(_facts(each)))


def _facts(told: re.Match[str]) -> Iterator[Fact]:
    yield Fact("name", told["name"], _SMI)
    if told["memory"]:
        yield Fact("memory", int(told["memory"]) << 20, _SMI)
    if told["capability"]:
        yield Fact("compute-capability", told["capability"], _SMI)
    yield Fact("driver", told["driver"], _SMI)
