"""On a Debian machine with much installed, detection equals what dpkg says, entry by entry.

CI installs ``.ci/debian-packages`` for this. What differs rightly is listed with its reason in
``differences.yaml``, and fails when it does not differ any more.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

_FEWEST = 150

pytestmark = pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="there is no dpkg here")


def _read(name: str) -> dict[str, Any]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - texts alone
    return document


PACKAGES = _read("packages.yaml")
COMPARED = {name for names in PACKAGES.values() for name in names}
DIFFERENCES = _read("differences.yaml")


@pytest.fixture(autouse=True, scope="session")
def listed(dpkg: Any) -> frozenset[str]:
    """The Debian packages of the list that this machine has."""
    if not dpkg.installed["base-files"].version.startswith("12"):
        pytest.skip("the lists are about Debian 12")
    installed = frozenset(COMPARED & dpkg.installed.keys())
    if len(installed) < _FEWEST:
        pytest.skip(f"{len(installed)} of the listed Debian packages are here, not {_FEWEST}")
    return installed


def _stated(kind: str, seen: Iterable[str]) -> set[str]:
    """Return what is listed as different, of what this machine can tell."""
    return {each for group in DIFFERENCES[kind] for each in group["for"]}.intersection(seen)


@pytest.mark.parametrize("kind", ["not found", "not found without headers"])
def test_what_debian_has_installed_is_found(found: Any, listed: frozenset[str], kind: str) -> None:
    proved = {
        f"{package}: {debian}": any(_proves(debian, each, found) for each in found.of(package))
        for package, names in PACKAGES.items()
        for debian in listed.intersection(names)
        if kind.endswith("headers") == _lacks_headers(names, listed)
    }
    assert {pair for pair, is_proved in proved.items() if not is_proved} == _stated(kind, proved)


def _lacks_headers(names: Sequence[str], listed: frozenset[str]) -> bool:
    with_headers = {name for name in names if name.endswith("-dev")}
    return bool(with_headers) and not with_headers & listed


def _proves(debian: str, installation: Any, found: Any) -> bool:
    """Programs do not list the header that makes them usable for development."""
    is_programs_header = debian.endswith("-dev") and "run" in installation.abilities
    return is_programs_header or found.proves(installation, debian)


@pytest.mark.parametrize("kind", ["shorter version", "longer version", "other version"])
def test_what_is_found_has_the_version_of_its_debian_packages(found: Any, kind: str) -> None:
    compared = [
        (f"{each.package}: {debian.name}", _compared(each.version.text, debian.upstream))
        for each in found.installations
        for debian in found.owners(each).values()
    ]
    different = {pair for pair, relation in compared if relation == kind}
    assert different == _stated(kind, (pair for pair, _ in compared))


def _compared(ours: str, theirs: str) -> str:
    if ours == theirs:
        return "same version"
    if re.match(re.escape(ours) + r"\D", theirs):
        return "shorter version"
    return "longer version" if re.match(re.escape(theirs) + r"\D", ours) else "other version"


def test_what_is_found_belongs_to_debian_packages(found: Any, dpkg: Any) -> None:
    foreign = {
        each.package for each in found.installations if not all(map(dpkg.owner, each.evidence))
    }
    assert foreign == _stated("nobody's", found.packages)


def test_develop_is_claimed_exactly_where_debian_has_installed_a_header(
    found: Any, dpkg: Any, listed: frozenset[str]
) -> None:
    wrong = {
        package
        for package in found.packages & PACKAGES.keys()
        for headers in [dpkg.headers(listed.intersection(PACKAGES[package]))]
        for each in found.of(package)
        if ("develop" in each.abilities) != _has(headers, found.headers[package], each.version.text)
    }
    assert wrong == _stated("other abilities", found.packages)


def _has(files: Sequence[str], headers: Iterable[str], version: str) -> bool:
    series = ".".join(version.split(".")[:2])
    names = tuple("/" + each.format(version=version, series=series) for each in headers)
    return any(file.endswith(names) for file in files)


def test_the_owner_is_the_one_that_dpkg_says(found: Any, dpkg: Any) -> None:
    told = {each.executable: str(each.owner) for each in found.installations}
    owners = {path: dpkg.owner(path) for path in told}
    assert told == {
        path: f"dpkg {owner.name} {owner.version}" for path, owner in owners.items() if owner
    }


def test_ci_installs_nothing_that_is_not_compared() -> None:
    file = Path(__file__).parents[2] / ".ci" / "debian-packages"
    if not file.is_file():
        pytest.skip("the list for CI stays in the checkout")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} <= COMPARED
