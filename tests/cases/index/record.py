"""Record what the configured Python index says of the projects in these tests; run by hand.

    python tests/cases/index/record.py

It asks for all that the versions in ``SEEDS`` need, in turn, until nothing is missing, with what uv
makes of ``ANSWERS`` among it, and writes a file for each project beside itself. README.md says what
is left out. No address is written.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urljoin

import requests
from packaging.markers import Environment, default_environment
from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from ckpm.config.platforms import known_platforms
from ckpm.system.registries.indexes import configured_indexes, index_address
from ckpm.system.uv import Uv

SEEDS = {
    "tensorflow": ("2.20.0", "2.19.1", "2.18.1", "2.17.1", "2.16.2", "2.13.1"),
    "mediapipe": ("0.10.21", "0.10.18", "0.10.14", "0.10.11"),
    "torch": ("2.6.0", "2.5.1", "2.2.2", "2.1.2", "2.0.1"),
    "fastapi": ("0.115.6", "0.110.3", "0.103.2", "0.100.1"),
    "jax": ("0.7.1", "0.6.0", "0.5.3", "0.4.38"),
    "tf-keras": ("2.18.0", "2.16.0"),
    "tf2onnx": ("1.16.1", "1.15.1"),
}
ANSWERS = (
    ("3.12", "tensorflow<2.21", "mediapipe<0.10.22"),
    ("3.12", "tensorflow<2.21", "tf2onnx==1.16.1"),
    ("3.12", "tensorflow==2.17.1", "jax<0.7"),
    ("3.11", "tensorflow==2.13.1", "torch<2.7"),
    ("3.11", "tensorflow==2.13.1", "fastapi<0.116"),
    ("3.12", "tf-keras==2.16.0"),
)
PYTHONS = ("3.11", "3.12")
TAGS = {f"cp3{minor}" for minor in range(10, 15)} | {"py3"}


class RangedFile(io.RawIOBase):
    """A file on a web server, read in pieces."""

    def __init__(self, client: requests.Session, url: str, size: int) -> None:
        self.client, self.url, self.size, self.position = client, url, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = start + offset
        return self.position

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        end = min(self.position + len(buffer), self.size)
        if end <= self.position:
            return 0
        asked = {"Range": f"bytes={self.position}-{end - 1}", "Accept-Encoding": "identity"}
        answer = self.client.get(self.url, headers=asked, timeout=60)
        answer.raise_for_status()
        buffer[: len(answer.content)] = answer.content
        self.position += len(answer.content)
        return len(answer.content)


@dataclass
class Project:
    """What the index has of a project, and which of its versions somebody here may take."""

    name: str
    files: dict[str, list[dict[str, object]]]
    wanted: set[str] = field(default_factory=set)
    kept: dict[str, tuple[str | None, list[str]]] = field(default_factory=dict)

    def missing(self) -> Iterator[str]:
        """Yield the newest version for each range, for what two have in common, and for both."""
        yield from SEEDS.get(self.name, ())
        ranges = [SpecifierSet(text) for text in sorted(self.wanted)]
        for wanted in (*ranges, *(a & b for a, b in combinations(ranges, 2))):
            if self.name in SEEDS and any(wanted.contains(v) for v in SEEDS[self.name]):
                continue
            for python in PYTHONS:
                if version := self.newest(wanted, python):
                    yield version

    def newest(self, wanted: SpecifierSet, python: str) -> str | None:
        fitting = [v for v in self.files if wanted.contains(v) and self.takes(v, python)]
        return max(fitting, key=Version, default=None)

    def takes(self, version: str, python: str) -> bool:
        tags = {f"cp{python.replace('.', '')}", "py3", "abi3"}
        return any(
            not file["yanked"]
            and tags & {part for tag in wheel_tags(file) for part in (tag.interpreter, tag.abi)}
            and SpecifierSet(str(file["requires-python"] or "")).contains(python)
            for file in self.files[version]
        )

    def write(self) -> None:
        """Write it with a line for each version and wheel, so that changes can be read."""
        versions = {
            version: {
                "requires_python": limits,
                "requires": needs,
                "wheels": [
                    {"name": f["filename"], "size": f["size"], **dict(f["hashes"])}  # type: ignore[call-overload]
                    for f in sorted(self.files[version], key=lambda f: str(f["filename"]))
                ],
            }
            for version, (limits, needs) in sorted(self.kept.items(), key=lambda p: Version(p[0]))
        }
        text = json.dumps({"name": self.name, "versions": versions}, indent=1)
        Path(__file__).with_name(f"{self.name}.json").write_text(f"{text}\n", encoding="utf-8")


def wheel_tags(file: dict[str, object]) -> Iterable[Tag]:
    return parse_wheel_filename(str(file["filename"]))[3]


class Recorder:
    """The projects that were asked for so far."""

    def __init__(self) -> None:
        self.client = requests.Session()
        indexes = configured_indexes(os.environ)
        self.index = index_address(indexes[0]).rstrip("/")
        self.uv = Uv(os.environ, Path(mkdtemp()), indexes)
        self.projects: dict[str, Project] = {}

    def project(self, name: str) -> Project:
        if name not in self.projects:
            address = f"{self.index}/{name}/"
            kind = {"Accept": "application/vnd.pypi.simple.v1+json"}
            answer = self.client.get(address, headers=kind, timeout=60)
            answer.raise_for_status()
            files = defaultdict(list)
            for file in answer.json()["files"]:
                if version := usable(file):
                    files[version].append({**file, "url": urljoin(answer.url, file["url"])})
            self.projects[name] = Project(name, dict(files))
        return self.projects[name]

    def run(self) -> None:
        for name in SEEDS:
            self.project(name)
        for python, *asked in ANSWERS:
            closure = self.uv.lock("", asked, python, known_platforms()["linux-x86_64"])
            for found in closure.distributions:
                self.keep(self.project(found.name), found.version)
        while missing := [(p, v) for p in self.projects.values() for v in p.missing()
                          if v not in p.kept]:  # fmt: skip
            for project, version in missing:
                self.keep(project, version)
        for old in Path(__file__).parent.glob("*.json"):
            old.unlink()
        for project in self.projects.values():
            project.write()

    def keep(self, project: Project, version: str) -> None:
        if version in project.kept:
            return
        limits, needs = self.metadata(project.files[version][0])
        project.kept[version] = (limits, [n for n in needs if "extra ==" not in n])
        for need in map(Requirement, project.kept[version][1]):
            if any(need.marker is None or need.marker.evaluate(e) for e in environments()):
                self.project(canonicalize_name(need.name)).wanted.add(str(need.specifier))

    def metadata(self, file: dict[str, object]) -> tuple[str | None, list[str]]:
        remote = RangedFile(self.client, str(file["url"]), int(str(file["size"])))
        with zipfile.ZipFile(io.BufferedReader(remote, 65536)) as wheel:
            place = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
            found, _ = parse_email(wheel.read(place))
        return found.get("requires_python"), found.get("requires_dist", [])


def usable(file: dict[str, object]) -> str | None:
    """Return the version of a wheel for Linux on x86_64 and a release; nothing of others."""
    name = str(file["filename"])
    try:
        _, version, _, tags = parse_wheel_filename(name)
    except ValueError:
        return None
    fits = any(fits_python(tag) and fits_linux(tag.platform) for tag in tags)
    return str(version) if fits and not version.is_prerelease and not file["yanked"] else None


def fits_python(tag: Tag) -> bool:
    return tag.abi == "abi3" or (tag.interpreter in TAGS and not tag.abi.endswith("t"))


def fits_linux(platform: str) -> bool:
    return platform == "any" or (platform.startswith("manylinux") and platform.endswith("x86_64"))


def environments() -> list[Environment]:
    return [
        {**default_environment(), "python_version": python, "python_full_version": f"{python}.1",
         "sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"}
        for python in PYTHONS
    ]  # type: ignore[misc]  # fmt: skip


if __name__ == "__main__":
    Recorder().run()
