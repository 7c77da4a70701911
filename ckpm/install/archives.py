"""Read archives: every member is planned before the first byte is written.

Nothing lands outside the destination, no link leaves it, there are no devices, and modes are our
own. What the standard library lets through is listed in the Python documentation of ``tarfile``
(extraction filters) and in CVE-2025-4517 and its relatives; hence no ``extractall``.
"""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal, Protocol

from ckpm.errors import IntegrityError
from ckpm.system.files import storage_errors

MAX_MEMBERS = 2_000_000
MAX_BYTES = 1 << 41


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive; ``target`` is where a link points, as written."""

    path: str
    kind: Literal["file", "directory", "link", "hardlink"]
    size: int
    executable: bool
    target: str = ""


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
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                yield _Zip(opened)
            return
        with tarfile.open(path) as tar:
            yield _Tar(tar)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise IntegrityError(f"`{path.name}` is no archive that can be read: {error}") from error


class _Zip:
    def __init__(self, opened: zipfile.ZipFile) -> None:
        self.opened = opened

    def members(self) -> Iterator[Member]:
        for info in self.opened.infolist():
            mode = info.external_attr >> 16
            if info.is_dir():
                yield Member(info.filename, "directory", 0, executable=False)
            elif stat.S_ISLNK(mode):
                target = self.opened.read(info).decode("utf-8", "surrogateescape")
                yield Member(info.filename, "link", 0, executable=False, target=target)
            elif mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise IntegrityError(f"`{info.filename}` is neither file, directory nor link")
            else:
                yield Member(info.filename, "file", info.file_size, bool(mode & 0o100))

    def open(self, member: Member) -> IO[bytes]:
        return self.opened.open(member.path)


class _Tar:
    def __init__(self, opened: tarfile.TarFile) -> None:
        self.opened = opened
        self.infos: dict[str, tarfile.TarInfo] = {}

    def members(self) -> Iterator[Member]:
        for info in self.opened:
            executable = bool(info.mode & 0o100)
            if info.isdir():
                yield Member(info.name, "directory", 0, executable=False)
            elif info.issym() or info.islnk():
                kind: Literal["link", "hardlink"] = "link" if info.issym() else "hardlink"
                yield Member(info.name, kind, 0, executable=False, target=info.linkname)
            elif info.isfile():
                self.infos[info.name] = info
                yield Member(info.name, "file", info.size, executable)
            else:
                raise IntegrityError(f"`{info.name}` is neither file, directory nor link")

    def open(self, member: Member) -> IO[bytes]:
        opened = self.opened.extractfile(self.infos[member.path])
        if opened is None:
            raise IntegrityError(f"`{member.path}` has no content")
        return opened


@dataclass(frozen=True, slots=True)
class Layout:
    """Which members are wanted and where: see ``ckpm.model.recipe.Part``."""

    members: tuple[tuple[str, str], ...] = ()
    strip: int = 0


def unpack(path: Path, destination: Path, layout: Layout = Layout()) -> None:
    """Unpack an archive below an existing directory.

    Raises:
        IntegrityError: for an archive that is damaged or reaches outside; nothing is written then.
    """
    with open_archive(path) as archive, storage_errors(destination):
        plan = _planned(archive, layout)
        for place, member in plan.items():
            _write(archive, member, destination / place, plan)


def _planned(archive: Archive, layout: Layout) -> dict[str, Member]:
    """Map every place in the destination to what goes there, all of it checked."""
    wanted = dict(layout.members)
    plan: dict[str, Member] = {}
    found: set[str] = set()
    total = 0
    for count, member in enumerate(archive.members()):
        inside = _inside(member.path)
        place = _place(inside, wanted, layout.strip, found)
        total += member.size
        if count > MAX_MEMBERS or total > MAX_BYTES:
            raise IntegrityError("the archive is unreasonably large")
        if place is not None:
            plan[place] = member
    if missing := set(wanted) - found:
        raise IntegrityError(f"the archive has no `{min(missing)}`")
    _check_collisions(plan)
    for place, member in plan.items():
        if member.kind == "link":
            _check_link(place, member)
    return plan


def _inside(path: str) -> PurePosixPath:
    pure = PurePosixPath(path)
    odd = "\\" in path or "\0" in path or ":" in path.split("/", maxsplit=1)[0][:2]
    if pure.is_absolute() or ".." in pure.parts or odd:
        raise IntegrityError(f"the archive reaches outside its directory with `{path}`")
    return pure


def _place(
    inside: PurePosixPath, wanted: Mapping[str, str], strip: int, found: set[str]
) -> str | None:
    if not wanted:
        parts = inside.parts[strip:]
        return "/".join(parts) if parts else None
    for member, place in wanted.items():
        name = member.rstrip("/")
        if str(inside) == name or name in map(str, inside.parents):
            found.add(member)
            below = inside.relative_to(name)
            return str(PurePosixPath(place) / below)
    return None


def _check_collisions(plan: Mapping[str, Member]) -> None:
    files = {place for place, member in plan.items() if member.kind != "directory"}
    folded: dict[str, str] = {}
    for place in plan:
        if (other := folded.setdefault(place.casefold(), place)) != place:
            raise IntegrityError(f"`{other}` and `{place}` are one file on some machines")
        for parent in PurePosixPath(place).parents:
            if str(parent) in files:
                raise IntegrityError(f"`{parent}` is both a file and a directory")


def _check_link(place: str, member: Member) -> None:
    target = PurePosixPath(member.target)
    depth = len(PurePosixPath(place).parent.parts)
    for part in target.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            break
    if target.is_absolute() or depth < 0 or not member.target:
        raise IntegrityError(f"the link `{member.path}` leaves its directory for `{member.target}`")


def _write(archive: Archive, member: Member, place: Path, plan: Mapping[str, Member]) -> None:
    if member.kind == "directory":
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if member.kind == "link":
        place.symlink_to(member.target)
        return
    source = _hardlinked(member, plan.values()) if member.kind == "hardlink" else member
    with archive.open(source) as content, place.open("xb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    if place.stat().st_size != source.size:
        raise IntegrityError(f"`{member.path}` is cut short")
    place.chmod(0o755 if source.executable else 0o644)


def _hardlinked(member: Member, members: Iterable[Member]) -> Member:
    for other in members:
        if other.kind == "file" and other.path == member.target:
            return other
    raise IntegrityError(f"the link `{member.path}` leads to nothing in the archive")


def extract_member(path: Path, name: str, destination: Path) -> Path:
    """Write one file of an archive, such as an archive inside it, and return where it is."""
    with open_archive(path) as archive:
        for member in archive.members():
            if str(_inside(member.path)) == name and member.kind == "file":
                place = destination / PurePosixPath(name).name
                with storage_errors(destination):
                    _write(archive, member, place, {})
                return place
    raise IntegrityError(f"`{path.name}` has no `{name}`")
