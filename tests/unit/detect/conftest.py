"""Described machines: a host that exists only as YAML."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from ckpm._content import bundled_dir
from ckpm.detect import detect
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.recipe import load_detectors
from ckpm.system.host import FileStatus
from ckpm.system.probe import ProbeResult

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu", elf_machine=62)
DETECTORS = bundled_dir("detectors")


class RecordedHost:
    """The machine that a case describes; directories exist where a file lies in them."""

    def __init__(self, machine: Mapping[str, Any]) -> None:
        self.environ: dict[str, str] = machine.get("environ") or {}
        self.platform = LINUX
        self.files: dict[str, dict[str, str]] = machine.get("files") or {}
        self.nodes: dict[str, set[str]] = {"/": set()}
        for path in self.files:
            self._add(path)

    def _add(self, path: str) -> None:
        parent, name = posixpath.split(path)
        self.nodes.setdefault(parent, set()).add(name)
        if parent != "/":
            self._add(parent)

    def real_path(self, path: str) -> str | None:
        found = "/"
        for component in path.split("/"):
            found = posixpath.normpath(posixpath.join(found, component))
            link = self.files.get(found, {}).get("link")
            if link is not None:
                target = posixpath.join(posixpath.dirname(found), link)
                found = self.real_path(target) or "/nowhere"
        return found if found in self.files or found in self.nodes else None

    def names(self, directory: str) -> Sequence[str]:
        return sorted(self.nodes.get(self.real_path(directory) or "", ()))

    def inspect(self, path: str) -> FileStatus | None:
        real = self.real_path(path)
        if real is None:
            return None
        file = self.files.get(real, {})
        inode = sorted({*self.nodes, *self.files}).index(file.get("same", real))
        return FileStatus(real, mode(file, is_directory=real in self.nodes), 1, inode, 0, 0)

    def read(self, path: str, limit: int = 65536) -> bytes:
        file = self.files.get(self.real_path(path) or "", {})
        if "machine" in file:
            return b"\x7fELF\x02\x01\x01" + bytes(11) + int(file["machine"]).to_bytes(2, "little")
        return file.get("text", "").encode()[:limit]

    def probe(self, argv: Sequence[str]) -> ProbeResult:
        status = self.inspect(argv[0])
        assert status is not None
        assert status.is_program, argv
        assert argv[0].startswith("/"), argv
        file = self.files[self.real_path(argv[0]) or ""]
        return ProbeResult(file.get("output", ""), int(file.get("exit", 0)), file.get("fault"))


def mode(file: Mapping[str, str], *, is_directory: bool) -> int:
    is_program = file.keys() & {"output", "exit", "fault"} or file.get("kind") == "executable"
    writable = 0o002 if file.get("writable") == "true" else 0
    return (0o040755 if is_directory else 0o100755 if is_program else 0o100644) | writable


def described(installation: Installation, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an installation by the keys that the case speaks of."""
    facts = {
        "package": installation.package,
        "version": installation.version.text,
        "prefix": installation.prefix,
        "abilities": list(installation.abilities),
        "evidence": list(installation.evidence),
        "python": installation.python,
    }
    return {key: facts[key] for key in {"version": "", "prefix": "", **keys}}


@pytest.fixture(scope="session")
def detectors() -> tuple[Detector, ...]:
    return load_detectors(DETECTORS)


@pytest.fixture
def check(detectors: tuple[Detector, ...]) -> Callable[[Mapping[str, Any], Sequence[str]], None]:
    """Scan the machine of a case and compare all that it says should come out."""

    def run(case: Mapping[str, Any], packages: Sequence[str]) -> None:
        host, said = RecordedHost(case["machine"]), []
        found = detect(detectors, host, packages=packages, report=said.append)
        expected = case["found"] or []
        pairs = zip(found, [*expected, *[{}] * len(found)], strict=False)
        assert [described(each, keys) for each, keys in pairs] == expected
        reports = case.get("reports") or []
        assert len(said) == len(reports), said
        assert all(part in text for part, text in zip(reports, said, strict=True)), said

    return run
