"""A Python index from recordings, on the loopback, and a session that knows no other."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ckpm import Session
from ckpm.model.lock import Closure
from ckpm.model.request import Choices, Place, Prepared
from ckpm.model.requirement import parse_requirement, read_requirements
from ckpm.model.resolution import Resolution
from ckpm.plan.locking import is_distribution, pin
from ckpm.system.uv import Uv

RECORDINGS = Path(__file__).parents[1] / "cases" / "index"
PYTHON_LIST = ("python list",)
TARGET = "linux-x86_64:glibc=2.28"


@lru_cache(maxsize=1)
def recorded() -> dict[str, dict[str, Any]]:
    return {f.stem: json.loads(f.read_text())["versions"] for f in RECORDINGS.glob("*.json")}


def metadata(name: str, version: str, entry: dict[str, Any]) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    if entry["requires_python"]:
        lines.append(f"Requires-Python: {entry['requires_python']}")
    return "\n".join(
        [*lines, *(f"Requires-Dist: {need}" for need in entry["requires"]), ""]
    ).encode()


class RecordedIndex(ThreadingHTTPServer):
    """The simple API of PEP 691 with the metadata files of PEP 658; it has no wheel.

    ``withheld`` are the projects whose metadata it does not give.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.versions = {name: dict(versions) for name, versions in recorded().items()}
        self.withheld: set[str] = set()
        self.answers: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/simple"

    def page(self, name: str) -> bytes | None:
        if name not in self.versions:
            return None
        files = [
            self.file(wheel, entry, metadata(name, version, entry))
            for version, entry in self.versions[name].items()
            for wheel in entry["wheels"]
        ]
        meta = {"api-version": "1.1"}
        versions = list(self.versions[name])
        return json.dumps(
            {"meta": meta, "name": name, "versions": versions, "files": files}
        ).encode()

    def file(self, wheel: dict[str, Any], entry: dict[str, Any], text: bytes) -> dict[str, Any]:
        return {
            "filename": wheel["name"],
            "url": f"../../files/{wheel['name']}",
            "size": wheel["size"],
            "hashes": {"sha256": wheel["sha256"]},
            "requires-python": entry["requires_python"],
            "core-metadata": {"sha256": hashlib.sha256(text).hexdigest()},
        }

    def metadata_of(self, wheel: str) -> bytes | None:
        for name, versions in self.versions.items():
            for version, entry in versions.items():
                if any(w["name"] == wheel for w in entry["wheels"]):
                    return None if name in self.withheld else metadata(name, version, entry)
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RecordedIndex

    def do_GET(self) -> None:
        self.server.answers.append(self.path)
        first, _, rest = self.path.strip("/").partition("/")
        if first == "simple":
            self.answer(self.server.page(rest), "application/vnd.pypi.simple.v1+json")
        elif rest.endswith(".metadata"):
            self.answer(self.server.metadata_of(rest.removesuffix(".metadata")), "text/plain")
        else:
            self.answer(None, "text/plain")

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, body: bytes | None, kind: str) -> None:
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@dataclass
class World:
    """Recipes in a directory, a cache and a store of their own, and how often uv was asked."""

    root: Path
    index: str | None
    questions: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        places = {f"CKPM_{name}": str(self.root / name.lower()) for name in ("STORE", "CACHE")}
        if self.index is None:
            return {**os.environ, **places}
        plain = {"HOME": str(self.root), "PATH": "", "UV_DEFAULT_INDEX": self.index}
        return {**plain, **places, "CKPM_CONFIG": str(self.root / "config"), "UV_HTTP_RETRIES": "0"}

    @property
    def questions_about_closures(self) -> int:
        return len([question for question in self.questions if question != PYTHON_LIST])

    def recipe(self, name: str, text: str) -> None:
        place = self.root / "content" / "recipes" / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"name: {name}\nsummary: the {name}\nlicense: MIT\n{text}")

    def distribution(self, name: str) -> None:
        """Write the recipe that any Python package could have."""
        self.recipe(
            name,
            "kind: library\nversion_scheme: pep440\nsources:\n"
            "  - {from: pypi, platforms: [linux-x86_64]}\n",
        )

    def session(self, *, offline: bool = False) -> Session:
        choices = Choices(offline=offline, use_detected=False)
        content = [self.root / "content"]
        session = Session(content=content, environ=self.environ, choices=choices)
        session.registries.uv = CountedUv(session.registries.uv, self.questions)  # type: ignore[assignment]
        return session

    def prepare(self, *requirements: str, offline: bool = False) -> Prepared:
        session = self.session(offline=offline)
        place = Place("demo", "demo", self.root / "ckpm.yaml", self.root / "ckpm.lock")
        asked = [parse_requirement(text, "the request") for text in requirements]
        return session.prepare(place, asked, target=session.target(TARGET))

    def first_proposal(self, *requirements: str) -> Resolution:
        """Return what ckpm would take if it did not care for the Python closure."""
        session = self.session()
        asked = read_requirements(requirements, "the request")
        return session.propose(asked, session.target(TARGET))

    def closure_of(self, resolution: Resolution, scope: str = "") -> Closure:
        """Ask uv about one scope of a resolution as it stands."""
        session, python = self.session(), resolution.find("python", scope)
        pins = [pin(c) for c in resolution.in_scope(scope) if is_distribution(c)]
        uv: Uv = session.registries.uv.uv  # type: ignore[attr-defined]
        return uv.lock(scope, pins, str(python.version) if python else "", resolution.target)


class CountedUv:
    """uv, and every question that it was really asked."""

    def __init__(self, uv: Uv, questions: list[tuple[str, ...]]) -> None:
        self.uv = uv
        self.questions = questions

    def __getattr__(self, name: str) -> Any:
        return getattr(self.uv, name)

    def lock(self, scope: str, requirements: Sequence[str], *more: Any) -> Closure:
        self.questions.append(tuple(requirements))
        return self.uv.lock(scope, requirements, *more)

    def managed_pythons(self, platform: Any) -> Any:
        self.questions.append(PYTHON_LIST)
        return self.uv.managed_pythons(platform)


@pytest.fixture
def index() -> Iterator[RecordedIndex]:
    server = RecordedIndex()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(tmp_path: Path, index: RecordedIndex) -> World:
    return World(tmp_path, index.address)


@pytest.fixture
def live_world(tmp_path: Path) -> World:
    """The world with whatever index is configured on this machine."""
    return World(tmp_path, None)
