"""A host that remembers what it was asked and what it told, as a document that can be replayed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from posixpath import basename, dirname
from typing import Any

from ckpm.system.host import FileStatus, Host
from ckpm.system.masking import Mask
from ckpm.system.probe import ProbeResult

# What is longer is a database, which says too much of a machine.
_MAX_CONTENT = 1 << 18


class RecordingHost:
    """Passes every question on; ``document`` is a machine that would tell the same."""

    def __init__(self, host: Host) -> None:
        self.environ: Mapping[str, str] = _Asked(host.environ)
        self.platform = host.platform
        self._host = host
        self._directories: dict[str, Sequence[str]] = {}
        self._contents: dict[str, bytes] = {}
        self._statuses: dict[str, FileStatus] = {}
        self._absent: set[str] = set()
        self._answers: dict[str, dict[str, ProbeResult]] = {}
        self._digests: dict[str, dict[str, str]] = {}
        self._registry: dict[str, str] = {}

    def names(self, directory: str) -> Sequence[str]:
        names = self._host.names(directory)
        if names and (status := self.inspect(directory)):
            self._directories[status.real_path] = names
        return names

    def inspect(self, path: str) -> FileStatus | None:
        status = self._host.inspect(path)
        if status is None:
            self._absent.add(path)
        else:
            self._statuses[path] = status
        return status

    def read(self, path: str, limit: int = 65536) -> bytes:
        content = self._host.read(path, limit)
        status = self.inspect(path) if len(content) <= _MAX_CONTENT else None
        if status is not None and len(content) >= len(self._contents.get(status.real_path, b"")):
            self._contents[status.real_path] = content
        return content

    def digest(self, path: str, algorithm: str) -> str | None:
        digest, status = self._host.digest(path, algorithm), self.inspect(path)
        if digest is not None and status is not None:
            self._digests.setdefault(status.real_path, {})[algorithm] = digest
        return digest

    def registry(self, key: str) -> str | None:
        value = self._host.registry(key)
        if value is not None:
            self._registry[key] = value
        return value

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        result, status = self._host.probe(argv, extra), self.inspect(argv[0])
        if status is not None:
            self._answers.setdefault(status.real_path, {})[" ".join(argv[1:])] = result
        return result

    def document(self) -> dict[str, Any]:
        """Return the machine as `ckpm.recipe.machines.MACHINE` reads it, private things masked."""
        mask = Mask(self._host.environ)
        asked = sorted(self.environ)
        machine = {
            "platform": self.platform.name,
            "facts": dict(self.platform.facts),
            "environ": {name: mask.variable(name, self.environ[name]) for name in asked},
            "files": mask.everything(dict(sorted(self._files()))),
            "directories": mask.everything(dict(sorted(self._directories.items()))),
            "registry": mask.everything(self._registry),
        }
        return {key: value for key, value in machine.items() if value}

    def _files(self) -> Iterator[tuple[str, dict[str, Any]]]:
        first: dict[tuple[int, int], str] = {}
        real = {status.real_path: status for status in self._statuses.values()}
        for path, status in sorted(real.items()):
            same = first.setdefault(status.identity, path)
            if entry := self._entry(path, status, same):
                yield path, entry
        for path, status in self._statuses.items():
            if path != status.real_path and not self._is_behind_link(path, status):
                yield path, {"link": status.real_path}
        for path in self._absent:
            directory, name = dirname(path), basename(path)
            if name in self._directories.get(directory, ()):
                yield path, {"link": "/nowhere"}

    def _is_behind_link(self, path: str, status: FileStatus) -> bool:
        """Whether the path follows from a link of its directory alone."""
        parent = self._statuses.get(dirname(path))
        return parent is not None and f"{parent.real_path}/{basename(path)}" == status.real_path

    def _entry(self, path: str, status: FileStatus, same: str) -> dict[str, Any]:
        kind = "setuid" if status.is_set_id else "executable" if status.is_program else "file"
        entry: dict[str, Any] = {"kind": "directory" if status.is_directory else kind}
        if same != path and not status.is_directory:
            entry["same"] = same
        if status.is_world_writable:
            entry["writable"] = True
        if content := self._contents.get(path):
            entry |= _content(content)
        elif entry["kind"] == "file" and status.size:
            entry["size"] = status.size
        if answers := self._answers.get(path):
            entry["answers"] = {args: _answer(result) for args, result in answers.items()}
        if digests := self._digests.get(path):
            entry["digests"] = digests
        return entry


class _Asked(Mapping[str, str]):
    """Variables; iterating gives those that somebody asked for and that are set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        value = self._environ[name]
        self._names.add(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


def _content(content: bytes) -> dict[str, Any]:
    if content.startswith(b"\x7fELF\x02\x01"):
        # Nobody reads more of it than for which processor it is.
        return {"machine": int.from_bytes(content[18:20], "little")}
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"bytes": base64.b64encode(content).decode()}


def _answer(result: ProbeResult) -> dict[str, Any]:
    code = {"exit": result.returncode} if result.returncode else {}
    fault = {"fault": result.fault} if result.fault else {}
    return {"output": result.output, **code, **fault}
