"""Scan the machine of a case and compare it with all that should come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ckpm._content import bundled_dir
from ckpm.detect import Journal, Search, detect
from ckpm.detect.cases import described
from ckpm.model.detector import Detector
from ckpm.model.machine import DetectionCase
from ckpm.recipe import load_detectors
from ckpm.recipe.machines import described_host

Check = Callable[[DetectionCase, Sequence[str]], None]


@pytest.fixture(scope="session")
def detectors() -> tuple[Detector, ...]:
    return load_detectors(bundled_dir("detectors"))


@pytest.fixture
def check(detectors: tuple[Detector, ...]) -> Check:
    def run(case: DetectionCase, packages: Sequence[str]) -> None:
        said: list[str] = []
        host, journal = described_host(case.machine), Journal(said.append)
        found = detect(detectors, host, Search(packages=packages), journal=journal)
        pairs = zip(found, [*case.found, *[{}] * len(found)], strict=False)
        assert [described(each, keys) for each, keys in pairs] == list(case.found)
        assert len(said) == len(case.reports), said
        assert all(part in text for part, text in zip(case.reports, said, strict=True)), said

    return run
