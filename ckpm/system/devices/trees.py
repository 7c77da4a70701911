"""Files of a device: sent and fetched as tar streams, and compared by what they hold."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ckpm.errors import CkpmError, IntegrityError
from ckpm.system.devices.device import Device
from ckpm.system.devices.lines import one_line
from ckpm.system.files import storage_errors

Progress = Callable[[int], None]

_DIGESTS = '[ ! -d "$1" ] || { cd "$1" && find . -type f -exec sha256sum {} +; }'
_FILL = 'umask 022; mkdir -p "$1" && cd "$1" && tar -x -o -f -'
_PACK = 'cd "$1" && tar -c -f - .'
_CHUNK_BYTES = 1 << 16
# 1980: tar warns of files that are older.
_MTIME_S = 315_532_800


@dataclass(frozen=True)
class SentFile:
    """One file as it will be on a device: a relative name with ``/``, and where it comes from."""

    name: str
    source: Path | bytes
    size: int
    sha256: str
    is_program: bool = False


def text_file(name: str, text: str) -> SentFile:
    """Return a file that holds a text."""
    content = text.encode("utf-8", "surrogateescape")
    return SentFile(name, content, len(content), hashlib.sha256(content).hexdigest())


def files_below(path: Path, name: str) -> Iterator[SentFile]:
    """Yield a file, or all files below a directory, as they will be below ``name``; sorted.

    Links become what they lead to: not every device's file system has links.

    Raises:
        CkpmError: for a link that leads nowhere or to a directory that it lies in.
        UsageError: for a name that holds a line break.
    """
    if not path.is_dir():
        yield _sent(path, name)
        return
    for directory, subdirectories, names in os.walk(path, followlinks=True):
        here = Path(directory)
        _refuse_loop(here)
        subdirectories[:] = sorted(each for each in subdirectories if each != "__pycache__")
        for each in sorted(names):
            yield _sent(here / each, f"{name}/{(here / each).relative_to(path).as_posix()}")


def send_files(
    device: Device, directory: str, files: Sequence[SentFile], progress: Progress
) -> None:
    """Write files below a directory of a device, which is made; ``progress`` is told of bytes.

    Raises:
        DeviceError: when the device goes away or cannot write.
    """
    with (
        device.writing(_FILL, directory) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.GNU_FORMAT) as tar,
    ):
        for file in files:
            member = tarfile.TarInfo(file.name)
            member.size, member.mtime = file.size, _MTIME_S
            member.mode = 0o755 if file.is_program else 0o644
            with _opened(file) as content:
                tar.addfile(member, _Counted(content, progress))


def remote_digests(device: Device, directory: str) -> dict[str, str]:
    """Return the sha256 of every file below a directory of a device, by relative name."""
    # Names may hold what `splitlines` takes for the end of one.
    lines = device.ask(_DIGESTS, directory).split("\n")
    return dict(_digest_line(line) for line in lines if line)


def fetch_tree(device: Device, directory: str, destination: Path) -> None:
    """Copy the files below a directory of a device into one of ours; links stay behind.

    Raises:
        DeviceError: when the device goes away.
        IntegrityError: when what came is not what is there, or would lie elsewhere.
    """
    with device.reading(_PACK, directory) as stream, storage_errors(destination):
        is_whole = _unpack(stream, destination)
    if not is_whole:
        raise IntegrityError(f"the files of `{directory}` on {device.title} came as no archive")
    for name, digest in remote_digests(device, directory).items():
        if _digest(destination / name) != digest:
            raise IntegrityError(f"`{name}` came from {device.title} damaged or not at all")


def _digest(path: Path) -> str:
    """Return a file's sha256; nothing where there is no file."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(stream: IO[bytes], destination: Path) -> bool:
    """Unpack an archive; return whether it was one, and whole: what else was wrong, others say."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                _place(tar, member, destination)
    except tarfile.TarError:
        return False
    return True


def _place(tar: tarfile.TarFile, member: tarfile.TarInfo, destination: Path) -> None:
    path = destination / PurePosixPath(member.name)
    if not path.resolve().is_relative_to(destination.resolve()):
        raise IntegrityError(f"`{member.name}` would lie outside of `{destination}`")
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member) if member.isfile() else None
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while chunk := content.read(_CHUNK_BYTES):
                file.write(chunk)


def _digest_line(line: str) -> tuple[str, str]:
    # GNU's sha256sum starts a line with a backslash where it had to escape one in the name.
    if line.startswith("\\"):
        line = line[1:].replace("\\\\", "\\")
    digest, _, name = line.partition(" ")
    return name[1:].removeprefix("./"), digest


def _sent(path: Path, name: str) -> SentFile:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        status = path.stat()
    except OSError as error:
        raise CkpmError(f"cannot send `{path}`: {error.strerror}") from error
    return SentFile(one_line(name), path, status.st_size, digest, bool(status.st_mode & 0o111))


def _refuse_loop(directory: Path) -> None:
    if directory.is_symlink() and directory.resolve() in directory.parent.resolve().parents:
        raise CkpmError(f"cannot send `{directory}`: it leads to a directory that it lies in")


def _opened(file: SentFile) -> IO[bytes]:
    return io.BytesIO(file.source) if isinstance(file.source, bytes) else file.source.open("rb")


class _Counted(io.RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file = file
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress(len(data))
        return data
