"""Which files of a project can make something run: what consent is given to, file by file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from ckpm.errors import CkpmError, UntrustedError
from ckpm.schema.documents import read_text

CONTENT_DIR = ".ckpm"
CACHE = "__pycache__"
ASIDE = frozenset((".git", ".hg", ".svn", ".mypy_cache", ".pytest_cache", ".ruff_cache", CACHE))
"""Directories of tools, from which a project takes nothing."""

_INERT = frozenset(
    (
        ".bmp", ".csv", ".flac", ".gguf", ".gif", ".jpeg", ".jpg", ".md", ".mkv", ".mov", ".mp3",
        ".mp4", ".onnx", ".parquet", ".pdf", ".png", ".pgm", ".ppm", ".rst", ".safetensors", ".swp",
        ".tflite", ".tif", ".tiff", ".tsv", ".wav", ".webp",
    )
)  # fmt: skip
"""Pictures, sound, tables, texts for people, models without code, and what editors leave."""

_LITTER = frozenset((".DS_Store", ".coverage", "Thumbs.db", "desktop.ini"))


def files_that_run(project: Path, apart: Collection[Path] = ()) -> dict[str, str]:
    """Return the sha256 of each file that may matter to what a project runs, by its path.

    That is every file but those that are data or texts and that its documents do not name, and
    directories of tools. All of ``.ckpm`` counts, through links too. The directories ``apart`` are
    ckpm's own, wherever they lie.

    Raises:
        UntrustedError: for what cannot be read, and for a link that leads where nobody looks.
    """
    try:
        root, ours = project.resolve(), {path.resolve() for path in apart}
        named = named_in(project)
        others = (p for p in _others(project, root, ours) if named(p.name) or not is_inert(p.name))
        paths = (*_content(project / CONTENT_DIR, root), *others)
        return {path.relative_to(project).as_posix(): _digest(path, root) for path in paths}
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        where = getattr(error, "filename", None) or project
        raise UntrustedError(
            f"`{where}` cannot be read, so nobody can trust it: {reason}"
        ) from error


def is_inert(name: str) -> bool:
    """Whether a file of this name is data, or a text for people, as long as nobody runs it."""
    return Path(name).suffix.lower() in _INERT or name in _LITTER or name.endswith("~")


def named_in(project: Path) -> Callable[[str], bool]:
    """Return what tells whether the project's documents speak of a file, by its name alone."""
    documents = [project / "ckpm.yaml", *(project / CONTENT_DIR).rglob("*.yaml")]
    text = "\n".join(map(_text, documents))
    return lambda name: name in text


def _text(document: Path) -> str:
    try:
        return read_text(document)
    except CkpmError:  # Who reads it for what it states tells what is wrong with it.
        return ""


def _content(start: Path, root: Path) -> Iterator[Path]:
    """Yield every file at or below a path, through links that stay in the project."""
    waiting, seen = [start], set[Path]()
    while waiting:
        path = waiting.pop()
        if path.is_symlink():
            _require_seen(path, root)
            yield path
        if not path.is_dir():
            if path.exists() and not path.is_symlink():
                yield path
        elif path.resolve() not in seen:
            seen.add(path.resolve())
            waiting += sorted(path.iterdir())


def _others(project: Path, root: Path, ours: AbstractSet[Path]) -> Iterator[Path]:
    """Yield the files beside the content; a link to a directory counts as itself."""
    for place, names, files in os.walk(project):
        directory = Path(place)
        links = {n for n in (*names, *files) if (directory / n).is_symlink()}
        apart = {n for n in names if (directory / n).resolve() in ours}
        apart |= {CONTENT_DIR} if directory == project else set()
        names[:] = sorted({*names} - links - (ASIDE - {CACHE}) - apart)
        for name in sorted(links - apart):
            if (directory / name).resolve().is_relative_to(root) or (directory / name).is_dir():
                _require_seen(directory / name, root)
        for name in sorted((*links - apart, *files)):
            if directory.name != CACHE or _is_unchecked(directory / name):
                yield directory / name


def _is_unchecked(path: Path) -> bool:
    """Whether Python would run a compiled file without a look at its source (PEP 552)."""
    with path.open("rb") as file:
        return file.read(8)[4:] == b"\x01\x00\x00\x00"


def _require_seen(link: Path, root: Path) -> None:
    """Make sure that what a link leads to is looked at."""
    real = link.resolve()
    if not real.is_relative_to(root) or not ASIDE.isdisjoint(real.relative_to(root).parts):
        raise UntrustedError(
            f"`{link}` is a link out of the project, and what it leads to can change unseen",
            hints=["put a copy in its place", "or, for a project of your own: ckpm trust --edits"],
        )


def _digest(path: Path, root: Path) -> str:
    """Return the sha256 of a regular file of the project, and of anything else what it is."""
    if path.is_symlink() and (path.is_dir() or not path.resolve().is_relative_to(root)):
        return f"link to {path.readlink()}"
    try:
        if not path.is_file():
            return "no file"
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"not readable: {error.strerror}"
