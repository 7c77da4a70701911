"""What archives hold: the members of a zip or a tar as they are written there, not yet trusted."""

from __future__ import annotations

import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Literal, Protocol

from ckpm.errors import IntegrityError

MAX_TARGET = 1024
# All that the standard library's readers are known to raise for damaged archives.
_DAMAGE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, RuntimeError, ValueError, LookupError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive.

    ``position`` says where its content is, ``target`` where a link points, as written.
    """

    path: str
    kind: Literal["file", "directory", "link"]
    size: int = 0
    executable: bool = False
    target: str = ""
    position: int = 0


class Archive(Protocol):
    """An open archive."""

    def members(self) -> Iterator[Member]: ...

    def open(self, member: Member) -> IO[bytes]: ...


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a zip or a tar of any compression, by its first bytes and not by its name.

    Raises:
        IntegrityError: when it is neither, or damaged.
    """
    with path.open("rb") as file:
        is_zip = file.read(4) in (b"PK\3\4", b"PK\5\6")
    try:
        if is_zip:
            with zipfile.ZipFile(path) as opened:
                yield _Zip(opened)
        else:
            with tarfile.open(path) as tar:
                yield _Tar(tar)
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise IntegrityError(f"`{path.name}` is no archive that can be read: {error}") from error


class _Zip:
    def __init__(self, opened: zipfile.ZipFile) -> None:
        self.opened = opened
        self.infos = opened.infolist()

    def members(self) -> Iterator[Member]:
        for position, info in enumerate(self.infos):
            # Not ``filename``, which the standard library has cut at the first NUL.
            path, mode = info.orig_filename, info.external_attr >> 16
            if info.flag_bits & 1:
                raise IntegrityError(f"`{path}` is encrypted")
            if info.is_dir():
                yield Member(path, "directory")
            elif stat.S_ISLNK(mode):
                yield Member(path, "link", target=self._target(info))
            elif stat.S_IFMT(mode) in (0, stat.S_IFREG):
                executable = bool(mode & stat.S_IXUSR)
                yield Member(path, "file", info.file_size, executable, position=position)
            else:
                raise _special(path)

    def open(self, member: Member) -> IO[bytes]:
        return self.opened.open(self.infos[member.position])

    def _target(self, info: zipfile.ZipInfo) -> str:
        if info.file_size > MAX_TARGET:
            raise IntegrityError(f"the link `{info.filename}` is unreasonably long")
        return self.opened.read(info).decode()


class _Tar:
    def __init__(self, opened: tarfile.TarFile) -> None:
        self.opened = opened

    def members(self) -> Iterator[Member]:
        files: dict[str, Member] = {}
        for position, info in enumerate(self.opened):
            if info.isdir():
                yield Member(info.name, "directory")
            elif info.issym():
                yield Member(info.name, "link", target=info.linkname)
            elif info.islnk():
                # A file with the content of an earlier one: nothing else can be shared.
                original = files.get(str(PurePosixPath(info.linkname)))
                if original is None:
                    raise IntegrityError(f"the hard link `{info.name}` leads to no file before it")
                yield replace(original, path=info.name)
            elif info.isfile():
                executable = bool(info.mode & stat.S_IXUSR)
                file = Member(info.name, "file", info.size, executable, position=position)
                files[str(PurePosixPath(info.name))] = file
                yield file
            else:
                raise _special(info.name)
        # Only at its very end does a compressed stream say whether it is whole.
        while self.opened.fileobj.read(1 << 20):
            pass

    def open(self, member: Member) -> IO[bytes]:
        opened = self.opened.extractfile(self.opened.getmembers()[member.position])
        if opened is None:
            raise IntegrityError(f"`{member.path}` has no content")
        return opened


def _special(path: str) -> IntegrityError:
    return IntegrityError(f"`{path}` is neither file, directory nor link")
