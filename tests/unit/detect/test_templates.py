"""What `ckpm detector new` writes passes its own test, and a wrong test is told in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ckpm.cli.templates import DETECTORS, TESTS
from ckpm.detect.cases import differences
from ckpm.model.detector import Detector
from ckpm.model.machine import DetectionCase
from ckpm.recipe.load import load_cases, load_detector
from ckpm.recipe.machines import described_host


def written(directory: Path, template: str) -> tuple[Detector, tuple[DetectionCase, ...]]:
    detector, test = directory / "hello.yaml", directory / "hello.test.yaml"
    detector.write_text(DETECTORS[template].format(name="hello"))
    test.write_text(TESTS[template].format(name="hello"))
    return load_detector(detector), load_cases(test)


@pytest.mark.parametrize("template", sorted(DETECTORS))
def test_a_new_detector_finds_what_its_test_describes(
    tmp_path: Path, template: str, detectors: tuple[Detector, ...]
) -> None:
    detector, cases = written(tmp_path, template)
    python = [each for each in detectors if each.package == "python"]
    for case in cases:
        own = replace(case, packages=("hello",))
        assert differences(own, [*python, detector], described_host(case.machine)) == []
    assert [bool(case.found) for case in cases] == [True, False]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"found": ()}, "found, and should not be: version 1.2.3, prefix /usr, package hello"),
        (
            {"found": ({"version": "1.3", "prefix": "/usr"},)},
            "version is '1.2.3', not '1.3'",
        ),
        (
            {"found": ({"version": "1.2.3", "prefix": "/opt", "abilities": ("link",)},)},
            "prefix is '/usr', not '/opt'; abilities is ('run',), not ('link',)",
        ),
        ({"reports": ("is broken",)}, "no warning says `is broken`"),
    ],
)
def test_how_a_scan_differs_is_told(tmp_path: Path, change: dict[str, object], told: str) -> None:
    detector, cases = written(tmp_path, "program")
    case = replace(cases[0], packages=("hello",), **change)
    assert differences(case, [detector], described_host(case.machine)) == [told]


def test_what_is_missing_and_what_nobody_expected_is_told(tmp_path: Path) -> None:
    detector, cases = written(tmp_path, "program")
    case = replace(cases[1], packages=("hello",), found=({"version": "1", "prefix": "/usr"},))
    assert differences(case, [detector], described_host(case.machine)) == [
        "not found: version 1, prefix /usr"
    ]
