"""Narrower views of a machine: some directories alone, or what it holds for another platform."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from posixpath import normpath

from ckpm.model.platform import Platform
from ckpm.system.host import FileStatus, Host
from ckpm.system.probe import ProbeResult


class BoundedHost:
    """Some directories of a machine; nothing outside of them is looked at, nor any variable.

    A link that leads out of them is followed: whoever named the directory named its entries.
    """

    def __init__(self, host: Host, directories: Collection[str]) -> None:
        self.environ: Mapping[str, str] = {}
        self.platform = host.platform
        self._host = host
        self._tops = tuple(directory.rstrip("/") + "/" for directory in directories)

    def names(self, directory: str) -> Sequence[str]:
        return self._host.names(directory) if self._sees(directory) else ()

    def inspect(self, path: str) -> FileStatus | None:
        return self._host.inspect(path) if self._sees(path) else None

    def read(self, path: str, limit: int = 65536) -> bytes:
        return self._host.read(path, limit) if self._sees(path) else b""

    def digest(self, path: str, algorithm: str) -> str | None:
        return self._host.digest(path, algorithm) if self._sees(path) else None

    def registry(self, key: str) -> str | None:
        return None

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        return self._host.probe(argv, extra)

    def _sees(self, path: str) -> bool:
        return f"{normpath(path)}/".startswith(self._tops)


class ForeignHost:
    """A machine, looked at for what another platform could use; its programs cannot be asked."""

    def __init__(self, host: Host, platform: Platform) -> None:
        self.environ = host.environ
        self.platform = platform
        self.names = host.names
        self.inspect = host.inspect
        self.read = host.read
        self.digest = host.digest
        self.registry = host.registry

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        return ProbeResult("", fault=f"cannot be asked here: it is for {self.platform}")
