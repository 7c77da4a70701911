"""Whole scans of recorded and described machines: exactly what is there, and what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ckpm.detect import Journal, detect
from ckpm.detect.cases import described
from ckpm.detect.facts import machine_facts
from ckpm.model.detector import Detector
from ckpm.model.machine import Answer, DetectionCase, Machine, MachineFile
from ckpm.recipe.load import load_cases
from ckpm.recipe.machines import described_host
from ckpm.schema.documents import write_list
from ckpm.system.host import Host
from ckpm.system.masking import Mask
from ckpm.system.recording import RecordingHost

MACHINES = sorted((Path(__file__).parents[2] / "cases" / "machines").glob("*.yaml"))


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{number}")
        for path in MACHINES
        for number, case in enumerate(load_cases(path), 1)
    ]


@pytest.mark.parametrize("case", cases())
def test_a_scan_finds_all_that_a_machine_has(
    case: DetectionCase, detectors: tuple[Detector, ...]
) -> None:
    said: list[str] = []
    found = detect(detectors, described_host(case.machine), journal=Journal(said.append))
    seen = {f"{each.package} at {each.prefix}" for each in found}
    assert seen == {f"{keys['package']} at {keys['prefix']}" for keys in case.found}
    pairs = zip(found, case.found, strict=True)
    assert [described(each, keys) for each, keys in pairs] == list(case.found)
    assert len(said) == len(case.reports), said
    assert all(part in text for part, text in zip(case.reports, said, strict=True)), said


@pytest.mark.parametrize("case", cases())
def test_a_machine_tells_what_it_is(case: DetectionCase) -> None:
    assert dict(machine_facts(described_host(case.machine)).rows()) == dict(case.told)


@pytest.mark.parametrize("case", cases())
def test_a_machine_names_its_source(case: DetectionCase) -> None:
    assert case.machine.source


def all_seen(detectors: tuple[Detector, ...], host: Host) -> list[str]:
    return [*map(str, detect(detectors, host)), *map(str, machine_facts(host).rows())]


@pytest.mark.parametrize("case", cases())
def test_a_recording_tells_the_same(
    case: DetectionCase, detectors: tuple[Detector, ...], tmp_path: Path
) -> None:
    recording = RecordingHost(described_host(case.machine))
    seen = all_seen(detectors, recording)
    file = tmp_path / "machine.yaml"
    file.write_text(write_list([{"machine": recording.document(), "found": []}]))
    [replayed] = load_cases(file)
    again = all_seen(detectors, described_host(replayed.machine))
    assert again == Mask(case.machine.environ, "").everything(seen)


def test_a_root_can_be_a_value_of_the_registry() -> None:
    machine = Machine(
        platform="windows-x86_64",
        environ={"USERPROFILE": r"C:\Users\ada"},
        registry={r"HKLM\SOFTWARE\Kitware\CMake!InstallDir": "C:\\CMake\\"},
        files={
            "C:/CMake/bin/cmake.exe": MachineFile(answer=Answer("cmake version 3.30.1")),
            "C:/Users/ada/bin/cmake.exe": MachineFile(answer=Answer("cmake version 3.31.0")),
        },
    )
    roots = (
        r"registry:HKLM\SOFTWARE\Kitware\CMake!InstallDir/bin",
        "registry:HKLM\\X!Y/bin",
        "~/bin",
    )
    cmake = Detector("cmake", executables=("cmake",), roots=roots)
    found = detect([cmake], described_host(machine))
    assert [each.prefix for each in found] == ["C:/CMake", "C:/Users/ada"]
