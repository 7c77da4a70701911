"""One scan of this machine, beside what dpkg's own programs say of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from ckpm._content import bundled_dir
from ckpm.config.platforms import known_platforms
from ckpm.detect import detect
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.recipe import load_detectors
from ckpm.system.host import LocalHost
from ckpm.system.native import native_platform

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FORMAT = "${Package}\t${db:Status-Status}\t${Version}\n"
# Repacked sources, a snapshot behind a release, what is bundled.
_ADDED = re.compile(r"[+~.](?:dfsg|ds|repack|git|~cs)[\w.]*")
_DIFFERENCES = yaml.safe_load(Path(__file__).with_name("differences.yaml").read_text("utf-8"))
_OTHERS = [pattern for group in _DIFFERENCES["others"] for pattern in group["for"]]


class DebianPackage(NamedTuple):
    name: str
    version: str

    @property
    def upstream(self) -> str:
        """What its authors call it.

        Without epoch, Debian's revision and what Debian added or left out; of ``3.1.7+really3.1.2``
        the latter; ``~`` is how Debian writes the dash before ``rc1``.
        """
        text = self.version.partition(":")[2] or self.version
        text = text.rpartition("-")[0] or text
        return _ADDED.sub("", text.rpartition("+really")[2]).replace("~", "-")


class Dpkg:
    """What dpkg's database holds, as ``dpkg-query`` tells it."""

    def __init__(self) -> None:
        rows = [line.split("\t") for line in _told("-W", "-f", _FORMAT)]
        self.installed = {
            name: DebianPackage(name, version)
            for name, status, version in rows
            if status == "installed"
        }
        self._owners: dict[str, DebianPackage] = {}

    def learn(self, paths: Iterable[str]) -> None:
        """Ask for many files at once: each question reads the whole database."""
        known = {name for path in paths for name in (path, str(Path(path).resolve()))}
        # Some packages list a file where it lay before /bin and /lib became links to /usr.
        asked = [name for path in sorted(known) for name in (path, path.removeprefix("/usr"))]
        for line in _told("-S", *asked):
            package, _, path = line.partition(": ")
            name = package.partition(":")[0]
            if name in self.installed:
                self._owners[path] = self.installed[name]

    def owner(self, path: str) -> DebianPackage | None:
        """Return whose the file behind a path is, of those that were learned."""
        return self.owner_of_name(str(Path(path).resolve()))

    def owner_of_name(self, path: str) -> DebianPackage | None:
        """Return whose a path is, be it a link to the file of another."""
        return self._owners.get(path) or self._owners.get(path.removeprefix("/usr"))

    def headers(self, names: Iterable[str]) -> list[str]:
        """Return what these packages have in directories of headers."""
        return [path for path in _told("-L", *names) if "/include/" in path]


class Found:
    """What a scan found of what lies below /usr, local things apart."""

    def __init__(
        self, installations: Sequence[Installation], detectors: Sequence[Detector], dpkg: Dpkg
    ) -> None:
        self.installations = [each for each in installations if _is_systems(each)]
        self.headers = {each.package: each.headers for each in detectors}
        self._dpkg = dpkg

    @property
    def packages(self) -> set[str]:
        return {each.package for each in self.installations}

    def of(self, package: str) -> list[Installation]:
        return [each for each in self.installations if each.package == package]

    def owners(self, installation: Installation) -> Mapping[str, DebianPackage]:
        """Return the Debian packages of all files that prove an installation."""
        owners = map(self._dpkg.owner, installation.evidence)
        return {owner.name: owner for owner in owners if owner}

    def proves(self, installation: Installation, debian: str) -> bool:
        """Whether a file or link of a Debian package is among the proofs."""
        links = map(self._dpkg.owner_of_name, installation.evidence)
        owners = [*self.owners(installation).values(), *links]
        return any(owner is not None and owner.name == debian for owner in owners)


@pytest.fixture(scope="session")
def dpkg() -> Dpkg:
    return Dpkg()


@pytest.fixture(scope="session")
def found(dpkg: Dpkg, tmp_path_factory: pytest.TempPathFactory) -> Found:
    scratch = tmp_path_factory.mktemp("machine")
    host = LocalHost({"PATH": PATH, "HOME": str(scratch)}, native_platform(known_platforms()))
    detectors = load_detectors(bundled_dir("detectors"))
    installations = detect(detectors, host, cache=scratch / "cache")
    dpkg.learn(path for each in installations for path in each.evidence)
    return Found(installations, detectors, dpkg)


def _is_systems(installation: Installation) -> bool:
    path = str(Path(installation.executable).resolve())
    elsewhere = any(fnmatchcase(path, pattern) for pattern in ("/usr/local/*", *_OTHERS))
    return path.startswith("/usr/") and not elsewhere


def _told(*arguments: str) -> list[str]:
    """Ask; that some file belongs to nobody is an answer, and a bad status."""
    environ = {"PATH": PATH, "LC_ALL": "C"}
    asked = ["dpkg-query", *arguments]
    done = subprocess.run(
        asked, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.splitlines()
