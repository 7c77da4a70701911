"""Unpack archives: every member is planned before the first byte is written.

Nothing lands outside the destination, no link leaves it, there are no devices, and modes are our
own. What the standard library lets through is listed in the Python documentation of ``tarfile``
(extraction filters) and in CVE-2025-4517 and its relatives; hence no ``extractall``.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ckpm.errors import IntegrityError
from ckpm.install.members import Archive, Member, open_archive
from ckpm.system.files import storage_errors

MAX_MEMBERS = 2_000_000
MAX_PATH = 1024
# No real content shrinks that well; what does is made to fill disks.
SMALL_BYTES, MAX_RATIO = 1 << 30, 100


@dataclass(frozen=True, slots=True)
class Layout:
    """Which members are wanted and where: see ``ckpm.model.recipe.Part``.

    ``folds_names`` says that the destination takes ``A`` and ``a`` for one name.
    """

    members: tuple[tuple[str, str], ...] = ()
    strip: int = 0
    folds_names: bool = False


def unpack(path: Path, destination: Path, layout: Layout = Layout()) -> None:
    """Unpack an archive below an existing directory.

    Raises:
        IntegrityError: for an archive that is damaged or reaches outside; nothing is left then.
    """
    with open_archive(path) as archive:
        plan = _planned(archive, layout, max(SMALL_BYTES, MAX_RATIO * path.stat().st_size))
        writer = _Writer(destination)
        try:
            for place, member in plan.items():
                writer.write(archive, member, place)
        except BaseException:
            writer.take_back()
            raise


def extract_member(path: Path, name: str, destination: Path) -> Path:
    """Write one file of an archive, such as an archive inside it, and return where it is."""
    place = PurePosixPath(name).name
    unpack(path, destination, Layout(((name, place),)))
    if not (destination / place).is_file():
        raise IntegrityError(f"`{name}` in `{path.name}` is no file")
    return destination / place


def _planned(archive: Archive, layout: Layout, max_bytes: int) -> dict[str, Member]:
    """Map every place in the destination to what goes there, all of it checked."""
    plan: dict[str, Member] = {}
    missing = {member for member, _ in layout.members}
    total = 0
    for count, member in enumerate(archive.members()):
        total += member.size
        if count > MAX_MEMBERS or total > max_bytes:
            raise IntegrityError("the archive is unreasonably large")
        for wanted, place in _places(_inside(member.path), layout):
            missing.discard(wanted)
            _add(plan, place, member)
    if missing:
        raise IntegrityError(f"the archive has no `{min(missing)}`")
    if not plan:
        raise IntegrityError("the archive holds nothing that is wanted")
    _check_collisions(plan, folds_names=layout.folds_names)
    return plan


def _inside(path: str) -> PurePosixPath:
    pure = PurePosixPath(path)
    drive = ":" in path.split("/", maxsplit=1)[0][:2]
    if not path or pure.is_absolute() or ".." in pure.parts or "\\" in path or drive:
        raise IntegrityError(f"the archive reaches outside its directory with `{path}`")
    if len(path) > MAX_PATH:
        raise IntegrityError(f"`{path[:40]}…` is unreasonably long")
    # Control characters, and bytes that are no UTF-8: neither people nor records can hold them.
    if not path.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in path):
        raise IntegrityError(f"{path!a} is no name that can be written down")
    return pure


def _places(inside: PurePosixPath, layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield (wanted member, place) for everything that one member is wanted for."""
    if not layout.members and (parts := inside.parts[layout.strip :]):
        yield "", "/".join(parts)
    for member, place in layout.members:
        if inside.is_relative_to(member):
            yield member, str(PurePosixPath(place) / inside.relative_to(member))


def _add(plan: dict[str, Member], place: str, member: Member) -> None:
    if member.kind == "link":
        _check_link(place, member)
    earlier = plan.setdefault(place, member)
    if earlier is not member and {earlier.kind, member.kind} != {"directory"}:
        raise IntegrityError(f"the archive has `{member.path}` twice")


def _check_link(place: str, member: Member) -> None:
    if link_leaves(place, member.target):
        raise IntegrityError(f"the link `{member.path}` leaves its directory for `{member.target}`")


def link_leaves(place: str, text: str) -> bool:
    """Whether a link could leave the tree it is in, whatever other links there are or will be.

    Ways up come first and start from a real directory; from then on it only goes down, and each
    link on the way down has been checked alike. Behind another link, ``..`` could be anywhere.
    """
    target = PurePosixPath(text)
    ups = next((n for n, part in enumerate(target.parts) if part != ".."), len(target.parts))
    depth = len(PurePosixPath(place).parts) - 1
    odd = not text or target.is_absolute() or "\\" in text
    return odd or ups > depth or ".." in target.parts[ups:]


def _check_collisions(plan: Mapping[str, Member], *, folds_names: bool) -> None:
    """Make sure that no two places are one; an NDK has names that differ only in case."""
    directories: set[str] = set()
    for place, member in plan.items():
        directory = _directory(place, member)
        while directory and directory not in directories:
            directories.add(directory)
            directory = directory.rpartition("/")[0]
    folded: dict[str, str] = {}
    for place in dict.fromkeys((*plan, *directories)):
        if place in directories and place in plan and plan[place].kind != "directory":
            raise IntegrityError(f"`{place}` is both a file and a directory")
        name = unicodedata.normalize("NFC", place).casefold() if folds_names else place
        other = folded.setdefault(name, place)
        if other != place:
            raise IntegrityError(f"`{other}` and `{place}` are one file on this machine")


def _directory(place: str, member: Member) -> str:
    return place if member.kind == "directory" else place.rpartition("/")[0]


class _Writer:
    """Writes below one directory, never through a link, and can take all back."""

    def __init__(self, destination: Path) -> None:
        self.destination = destination
        self.made: list[Path] = []
        self.directories = {"", "."}
        self.contents: dict[int, Path] = {}

    def take_back(self) -> None:
        for path in reversed(self.made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()

    def write(self, archive: Archive, member: Member, place: str) -> None:
        with storage_errors(self.destination):
            self._enter(_directory(place, member))
            try:
                if member.kind == "file":
                    self._file(archive, member, self.destination / place)
                elif member.kind == "link":
                    (self.destination / place).symlink_to(member.target)
                    self.made.append(self.destination / place)
            except FileExistsError as error:
                raise IntegrityError(f"`{place}` comes from two archives of one package") from error

    def _enter(self, place: str) -> None:
        """Make a directory; what another archive of the package left there must be one too."""
        if place in self.directories:
            return
        self._enter(place.rpartition("/")[0])
        path = self.destination / place
        if not os.path.lexists(path):
            path.mkdir(mode=0o755)
            self.made.append(path)
        elif path.is_symlink() or not path.is_dir():
            raise IntegrityError(f"`{place}` is both a file and a directory")
        self.directories.add(place)

    def _file(self, archive: Archive, member: Member, path: Path) -> None:
        # The umask still counts; other bits, such as setuid, do not exist here.
        flags, mode = os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755 if member.executable else 0o644
        with os.fdopen(os.open(path, flags, mode), "wb") as file:
            self.made.append(path)
            earlier = self.contents.get(member.position)
            # Going back in a compressed archive means reading it all again.
            with earlier.open("rb") if earlier else archive.open(member) as content:
                shutil.copyfileobj(content, file, 1 << 20)
            if file.tell() != member.size:
                raise IntegrityError(f"`{member.path}` is cut short")
        self.contents[member.position] = path
