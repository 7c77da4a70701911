"""What described machines tell of themselves, where it is from, and what asking costs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.detect.facts import machine_facts
from ckpm.model.machine import Answer, DetectionCase, Machine, MachineFile
from ckpm.recipe.load import load_cases
from ckpm.recipe.machines import described_host
from ckpm.system.described import DescribedHost
from ckpm.system.host import LocalHost
from ckpm.system.native import native_platform
from ckpm.system.probe import ProbeResult

CASES = Path(__file__).parents[2] / "cases" / "facts"
SMI = "/usr/bin/nvidia-smi"
GPU = "/proc/driver/nvidia/gpus/0000:01:00.0/information"


class CountingHost(DescribedHost):
    """A described machine, with a list of what was run."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine, known_platforms()["linux-x86_64"])
        self.ran: list[Sequence[str]] = []

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        self.ran.append(argv)
        return super().probe(argv, extra)


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.yaml"))
        for number, case in enumerate(load_cases(path), 1)
    ]


@pytest.mark.parametrize("case", cases())
def test_a_machine_tells_what_it_is_and_nothing_else(case: DetectionCase) -> None:
    facts = machine_facts(described_host(case.machine), with_phones=True)
    assert dict(facts.rows()) == dict(case.told)


def test_this_machine_names_its_sources_and_runs_nothing() -> None:
    class QuietHost(LocalHost):
        def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
            raise AssertionError(argv)

    if Path("/proc/driver/nvidia").exists() or os.uname().sysname != "Linux":
        pytest.skip("has a device that only a program knows")
    host = QuietHost(os.environ, native_platform(known_platforms()))
    facts = machine_facts(host)
    processor = facts.get("threads")
    assert processor is not None
    assert processor.value == os.cpu_count()
    assert all(fact.source for fact in facts.facts)
    assert facts.document()["memory"]["from"] == "/proc/meminfo"


def test_the_microarchitecture_is_what_archspec_itself_sees_here() -> None:
    archspec = pytest.importorskip("archspec.cpu")
    if os.uname().sysname != "Linux" or os.uname().machine != "x86_64":
        pytest.skip("archspec guesses elsewhere")
    facts = machine_facts(LocalHost(os.environ, native_platform(known_platforms())))
    told = facts.get("microarchitecture") or facts.get("level")
    assert told is not None
    assert told.value == archspec.host().name


def nvidia(driver: str, *models: str) -> Machine:
    version = f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {driver}  Release Build\n"
    gpus = {
        f"/proc/driver/nvidia/gpus/0000:0{number}:00.0/information": MachineFile(
            content=f"Model: \t\t {model}\n".encode()
        )
        for number, model in enumerate(models, 1)
    }
    output = "".join(f"{model}, 40960 MiB, 8.0, {driver}\n" for model in models)
    return Machine(
        files={
            "/proc/driver/nvidia/version": MachineFile(content=version.encode()),
            SMI: MachineFile(answer=Answer(output)),
            **gpus,
        }
    )


def test_graphics_processors_are_asked_once_until_they_change(tmp_path: Path) -> None:
    machine = nvidia("550.54.15", "NVIDIA A100")
    first, again = CountingHost(machine), CountingHost(machine)
    facts = machine_facts(first, tmp_path)
    assert (machine_facts(again, tmp_path), len(first.ran), again.ran) == (facts, 1, [])
    for changed in (
        nvidia("555.42.02", "NVIDIA A100"),
        nvidia("550.54.15", "NVIDIA A100", "NVIDIA A100"),
        nvidia("550.54.15", "NVIDIA T4"),
    ):
        # One program of the same fingerprint.
        host = CountingHost(changed)
        host._inodes[SMI] = first._inodes[SMI]
        assert machine_facts(host, tmp_path) == machine_facts(CountingHost(changed))
