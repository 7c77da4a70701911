"""All facts of a machine, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ckpm.detect.cache import ProbeCache
from ckpm.detect.facts.asking import Asking
from ckpm.detect.facts.emulators import emulated_platforms
from ckpm.detect.facts.graphics import graphics_devices
from ckpm.detect.facts.limits import processor_limit
from ckpm.detect.facts.memory import memory_facts
from ckpm.detect.facts.neural import neural_devices
from ckpm.detect.facts.operating_system import operating_system
from ckpm.detect.facts.processor import processor_facts
from ckpm.detect.facts.surroundings import surroundings
from ckpm.model.facts import Fact, MachineFacts
from ckpm.system.host import Host


def machine_facts(
    host: Host, cache: Path | None = None, *, with_phones: bool = False
) -> MachineFacts:
    """Return what the machine tells of itself.

    Nothing is run but, on macOS, ``sysctl`` and, where there is a driver of NVIDIA's,
    ``nvidia-smi``; their answers are kept below the directory ``cache``. Connected Android devices
    are asked on demand only, and if an adb server runs already.
    """
    asking = Asking(host, ProbeCache(cache and cache / "facts"))
    facts = tuple(_facts(host, asking))
    devices = [*graphics_devices(host, asking), *neural_devices(host)]
    if with_phones:
        from ckpm.detect.facts.android import android_devices

        devices += android_devices(host)
    asking.cache.save(is_whole=True)
    return MachineFacts(facts, tuple(devices))


def _facts(host: Host, asking: Asking) -> Iterator[Fact]:
    yield from operating_system(host)
    yield from surroundings(host)
    processor = list(processor_facts(host, asking))
    yield from processor
    threads = next((int(fact.value) for fact in processor if fact.name == "threads"), 0)
    yield from processor_limit(host, threads)
    yield from memory_facts(host, asking)
    yield from emulated_platforms(host)
