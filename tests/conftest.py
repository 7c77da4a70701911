"""The outside world of tests: a web server that misbehaves when told to, and ckpm as a program."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from ckpm.system.registries.indexes import configured_indexes, index_address

ROOT = Path(__file__).parents[1]


@dataclass
class Behaviour:
    """How one answer differs from that of a good server.

    ``cut`` closes the connection after so many bytes of the body; ``pause`` sends so many, says so
    through ``Loopback.paused``, and goes on when ``Loopback.resume`` is set.
    """

    status: int = 200
    cut: int | None = None
    pause: int | None = None
    length: int | None = None
    more: bytes = b""
    ranges: bool = True
    wrong_offset: int = 0
    redirect: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """One answer that was given: ``sent`` counts the bytes of its body."""

    path: str
    asked: str | None
    condition: str | None
    status: int
    sent: int


class Loopback(ThreadingHTTPServer):
    """Serves ``root``; ``misbehave`` says how the next answers for a path go wrong."""

    daemon_threads = True

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root = root
        self.answers: list[Served] = []
        self.paused, self.resume = threading.Event(), threading.Event()
        self.always: dict[str, Behaviour] = {}
        self.queued: dict[str, list[Behaviour]] = defaultdict(list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def serve(self, path: str, content: bytes) -> str:
        """Put a file under ``root`` and return its address."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return self.url(path)

    def misbehave(self, path: str, *queued: Behaviour, always: Behaviour | None = None) -> None:
        self.queued[f"/{path}"] += queued
        if always is not None:
            self.always[f"/{path}"] = always

    def behaviour(self, path: str) -> Behaviour:
        queued = self.queued[path]
        return queued.pop(0) if queued else self.always.get(path, Behaviour())

    def sent(self, path: str) -> int:
        return sum(answer.sent for answer in self.answers if answer.path == f"/{path}")

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what half of the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Loopback

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        behaviour = self.server.behaviour(self.path)
        file = self.server.root / self.path.lstrip("/")
        status, start = behaviour.status, 0
        if status == 200 and not file.is_file():
            status = 404
        content = file.read_bytes() if status == 200 else b""
        asked = self.headers.get("Range")
        if status == 200 and asked and behaviour.ranges and self._is_same(behaviour):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            status = 206 if start < len(content) else 416
        body = (
            b""
            if status == 416
            else content[start + (behaviour.wrong_offset if start else 0) :] + behaviour.more
        )
        self._head(behaviour, status, body, start, len(content))
        self._body(behaviour, status, body)

    def _is_same(self, behaviour: Behaviour) -> bool:
        condition = self.headers.get("If-Range")
        known = (behaviour.headers.get("ETag"), behaviour.headers.get("Last-Modified"))
        return condition is None or condition in known

    def _head(self, behaviour: Behaviour, status: int, body: bytes, start: int, size: int) -> None:
        self.send_response(status)
        length = len(body) if behaviour.length is None else behaviour.length
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        if status == 206:
            first = start + behaviour.wrong_offset
            self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
        if behaviour.redirect:
            self.send_header("Location", behaviour.redirect)
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self, behaviour: Behaviour, status: int, body: bytes) -> None:
        sent = 0
        try:
            if behaviour.pause is not None:
                sent += self.wfile.write(body[: behaviour.pause])
                self.wfile.flush()
                self.server.paused.set()
                self.server.resume.wait(20)
            end = len(body) if behaviour.cut is None else behaviour.cut
            while sent < end:
                sent += self.wfile.write(body[sent : min(end, sent + 65536)])
        finally:
            self.close_connection = True
            asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
            self.server.answers.append(Served(self.path, asked, condition, status, sent))

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def behaviour() -> type[Behaviour]:
    return Behaviour


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[Loopback]:
    server = Loopback(tmp_path / "served")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.resume.set()
    server.shutdown()
    thread.join()
    server.server_close()


def tgz(members: Mapping[str, bytes]) -> bytes:
    """Return the same compressed tar for the same members, always."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def pack() -> Any:
    return tgz


@dataclass(frozen=True)
class Project:
    """A directory with a ckpm.yaml and recipes of its own, and a machine that has only Python."""

    directory: Path
    environ: dict[str, str]
    server: Loopback

    @property
    def store(self) -> Path:
        return Path(self.environ["CKPM_STORE"])

    def recipe(self, name: str, *sources: Mapping[str, Any], **fields: Any) -> None:
        document = {"name": name, "kind": "dataset", "summary": f"the {name}", **fields}
        plain = json.loads(
            json.dumps({**document, "sources": sources})
        )  # Nothing shared: no alias.
        text = yaml.safe_dump(plain, sort_keys=False)
        place = self.directory / ".ckpm" / "recipes" / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def archive(self, path: str, content: bytes, **fields: Any) -> dict[str, Any]:
        """Serve an archive, and return the source of a recipe that has it."""
        url = self.server.serve(path, content)
        stated = {"size": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
        return {"from": "archive", "versions": ["1"], "urls": [url], **stated, **fields}

    def start(self, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "ckpm", *arguments],
            cwd=self.directory,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **settings,
        )

    def ckpm(self, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments, **settings) as process:
            out, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as a person would type it, both streams in one."""
        return subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.directory,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )

    def state(self) -> dict[str, Any]:
        """Describe the environments and the project, to see whether anything was touched."""
        roots = (self.store / "envs", self.directory)
        paths = sorted(path for root in roots for path in root.rglob("*"))
        return {
            str(path): str(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in paths
            if path.is_symlink() or path.is_file()
        }


@pytest.fixture
def project(tmp_path: Path, loopback: Loopback) -> Project:
    directory, programs = tmp_path / "demo", tmp_path / "bin"
    directory.mkdir()
    (directory / "ckpm.yaml").write_text("name: demo\nrequires: []\n")
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    (programs / "ckpm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ckpm "$@"\n')
    (programs / "ckpm").chmod(0o755)
    for name in ("sh", "cat", "sed", "rm", "ls", "mkdir", "cp", "sleep"):
        (programs / name).symlink_to(shutil.which(name) or name)
    environ = {
        "PATH": str(programs),
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
        "CKPM_STORE": str(tmp_path / "store"),
        "CKPM_CACHE": str(tmp_path / "cache"),
        "CKPM_CONFIG": str(tmp_path / "config"),
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }
    return Project(directory, environ, loopback)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--heavy", action="store_true", help="also run what moves much data")
    parser.addoption("--soak", default=20_000, type=int, metavar="N", help="random problems to ask")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("network") and not index_answers():
        pytest.skip("the Python index cannot be reached from here")
    if item.get_closest_marker("heavy") and not item.config.getoption("--heavy"):
        pytest.skip("moves hundreds of megabytes; run with --heavy")


@lru_cache(maxsize=1)
def index_answers() -> bool:
    """Whether the configured Python index accepts connections."""
    parts = urlsplit(index_address(configured_indexes(os.environ)[0]))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=5).close()
    except OSError:
        return False
    return True
