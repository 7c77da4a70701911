"""Described machines as tests: what a scan finds there, beside what must be found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from ckpm.detect.journal import Journal
from ckpm.detect.scan import detect
from ckpm.detect.search import Search
from ckpm.model.detector import Detector
from ckpm.model.environment import change_text
from ckpm.model.installation import Installation
from ckpm.model.machine import DetectionCase
from ckpm.system.host import Host


def differences(case: DetectionCase, detectors: Iterable[Detector], host: Host) -> list[str]:
    """Return how a scan of the case's machine differs from what the case says; nothing is right."""
    said: list[str] = []
    search = Search(packages=case.packages or None)
    found = detect(detectors, host, search, journal=Journal(said.append))
    told = [
        _difference(each, keys) for each, keys in zip_longest(found, case.found, fillvalue=None)
    ]
    for part, text in zip_longest(case.reports, said):
        if text is None:
            told.append(f"no warning says `{part}`")
        elif part is None or part not in text:
            told.append(f"a warning that the test does not speak of: {text}")
    return [text for text in told if text]


def _difference(found: Installation | None, keys: Mapping[str, Any] | None) -> str:
    if found is None:
        return f"not found: {_listed(keys or {})}"
    if keys is None:
        return f"found, and should not be: {_listed(described(found, {'package': ''}))}"
    seen = described(found, keys)
    wrong = [name for name in keys if seen[name] != keys[name]]
    return "; ".join(f"{name} is {seen[name]!r}, not {keys[name]!r}" for name in wrong)


def _listed(keys: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in keys.items())


def described(installation: Installation, keys: Iterable[str]) -> dict[str, Any]:
    """Describe an installation by its version, its prefix, and what the keys name."""
    facts = {
        "package": installation.package,
        "version": installation.version.text,
        "prefix": installation.prefix,
        "abilities": installation.abilities,
        "evidence": installation.evidence,
        "options": installation.options,
        "python": installation.python,
        "owner": str(installation.owner) if installation.owner else "",
        "needs": installation.needs,
        "environment": tuple(map(change_text, installation.environment)),
    }
    return {name: facts[name] for name in dict.fromkeys(("version", "prefix", *keys))}
