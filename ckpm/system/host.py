"""This machine as the detectors see it: one protocol, so that a test can be a described machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ckpm.model.platform import Platform
from ckpm.system.probe import ProbeResult, probe


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What is known of a file or directory without opening it; links are followed."""

    real_path: str
    mode: int
    device: int
    inode: int
    size: int
    mtime_ns: int

    @property
    def is_directory(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_program(self) -> bool:
        """Whether it may be run; set-user-id programs are not for guessing what they are."""
        return stat.S_ISREG(self.mode) and bool(self.mode & 0o111) and not self.is_set_id

    @property
    def is_set_id(self) -> bool:
        """Whether it runs with the rights of its owner or group."""
        return bool(self.mode & (stat.S_ISUID | stat.S_ISGID)) and not self.is_directory

    @property
    def is_world_writable(self) -> bool:
        return bool(self.mode & stat.S_IWOTH)

    @property
    def identity(self) -> tuple[int, int]:
        """The same for all names of one file."""
        return (self.device, self.inode)

    @property
    def fingerprint(self) -> tuple[str, int, int, int]:
        """Another one when the file has been replaced or changed."""
        return (self.real_path, self.inode, self.size, self.mtime_ns)


class Host(Protocol):
    """The files, variables and programs of one machine; paths are absolute texts."""

    @property
    def environ(self) -> Mapping[str, str]: ...

    def __hash__(self) -> int:
        """Each machine is itself, so that what was learnt of it can be kept by it."""

    @property
    def platform(self) -> Platform:
        """The native platform, which executables and libraries must fit."""

    def names(self, directory: str) -> Sequence[str]:
        """List a directory, sorted; one that is missing or unreadable is empty."""

    def inspect(self, path: str) -> FileStatus | None:
        """Look at a path; ``None`` when there is nothing, or a link that leads nowhere."""

    def read(self, path: str, limit: int = 65536) -> bytes:
        """Read the start of a regular file; nothing when that fails."""

    def digest(self, path: str, algorithm: str) -> str | None:
        """Return the digest of a whole file in hexadecimal; ``None`` where it cannot be read."""

    def registry(self, key: str) -> str | None:
        r"""Return a value of Windows' registry, by ``HKLM\KEY!NAME``; nothing elsewhere."""

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        """Run a program for what it prints, with ``extra`` variables; see `ckpm.system.probe`."""


class LocalHost:
    """The machine we run on; each directory is listed once in the life of the object."""

    def __init__(
        self, environ: Mapping[str, str], platform: Platform, *, timeout_s: float = 5
    ) -> None:
        self.environ = environ
        self.platform = platform
        self._timeout_s = timeout_s
        self._names: dict[str, Sequence[str]] = {}
        self._real_directories: dict[str, str] = {}

    def names(self, directory: str) -> Sequence[str]:
        found = self._names.get(directory)
        if found is None:
            found = self._names[directory] = _list(directory)
        return found

    def inspect(self, path: str) -> FileStatus | None:
        try:
            status = os.stat(path)  # noqa: PTH116 - called hundreds of times a scan
            real_path = self._real_path(path)
        except (OSError, ValueError):
            return None
        return FileStatus(
            real_path,
            status.st_mode,
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
        )

    def _real_path(self, path: str) -> str:
        """Follow links; `realpath` would look at each directory above, for every file in it."""
        directory, name = os.path.split(path)
        if not name or name in (".", ".."):
            return os.path.realpath(path)
        real = self._real_directories.get(directory)
        if real is None:
            real = self._real_directories[directory] = os.path.realpath(directory)
        file = f"{real.rstrip('/')}/{name}"
        # There are no loops: the path has been looked at.
        is_link = os.path.islink(file)  # noqa: PTH114 - see above
        return self._real_path(os.path.join(real, os.readlink(file))) if is_link else file  # noqa: PTH115, PTH118

    def read(self, path: str, limit: int = 65536) -> bytes:
        with suppress(OSError, ValueError):
            # A pipe without a writer would block for ever.
            number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(number, "rb", buffering=0) as file:  # noqa: PTH123 - there is only a number
                if stat.S_ISREG(os.fstat(number).st_mode):
                    return file.read(limit) or b""
        return b""

    def digest(self, path: str, algorithm: str) -> str | None:
        import hashlib

        with suppress(OSError, ValueError), Path(path).open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
        return None

    def registry(self, key: str) -> str | None:
        return None

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        environ = {**self.environ, **extra} if extra else self.environ
        return probe(argv, environ=environ, timeout_s=self._timeout_s)


def _list(directory: str) -> Sequence[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208 - a Path for each name costs too much
    except OSError:
        return ()
