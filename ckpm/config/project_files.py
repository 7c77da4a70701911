"""Which files of a project can make something run: what consent is given to, file by file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path, PurePosixPath

from ckpm.errors import CkpmError, UntrustedError
from ckpm.schema.documents import read_text

CONTENT_DIR = ".ckpm"

_INERT = frozenset(
    (
        ".bmp", ".csv", ".flac", ".gguf", ".gif", ".jpeg", ".jpg", ".md", ".mkv", ".mov", ".mp3",
        ".mp4", ".onnx", ".parquet", ".pdf", ".png", ".pgm", ".ppm", ".rst", ".safetensors",
        ".tflite", ".tif", ".tiff", ".tsv", ".wav", ".webp",
    )
)  # fmt: skip
"""Pictures, sound, tables, texts for people, and models without code."""

_LEFT = frozenset(
    (".html", ".json", ".jsonl", ".lock", ".log", ".npy", ".out", ".svg", ".txt", ".xml")
)
"""What programs leave: new ones end no trust, but for those that tools read as orders."""

_ORDERS = frozenset(("cmakelists.txt", "cmakepresets.json", "package.json", "pom.xml", "build.xml"))

_ASIDE = frozenset(
    (".git", ".hg", ".svn", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__")
)
"""Directories of tools. Python's counts below ``.ckpm`` alone: ``ckpm run`` has no other read."""


def files_that_run(project: Path, apart: Collection[Path] = ()) -> dict[str, str]:
    """Return the sha256 of each file that may matter to what a project runs, by its path.

    That is every file but pictures and their like that nothing names, version control, and what
    programs leave in directories of results (``NAME-results``). All of ``.ckpm`` counts, through
    links too. The directories ``apart`` are ckpm's own, wherever they lie.

    Raises:
        UntrustedError: for a link in ``.ckpm``, or to a directory, that leads out of the project.
    """
    root = project.resolve()
    content = _content(project / CONTENT_DIR, root, set())
    others = _others(project, root, {path.resolve() for path in apart})
    named = named_in(project)
    counted = (path for path in others if path.suffix.lower() not in _INERT or named(path.name))
    return {path.relative_to(project).as_posix(): _digest(path) for path in (*content, *counted)}


def may_run(name: str) -> bool:
    """Whether a file that is new may make something run, by its path."""
    path = PurePosixPath(name)
    is_content = path.parts[0] == CONTENT_DIR or name.startswith("ckpm.")
    return is_content or path.suffix.lower() not in _LEFT or path.name.lower() in _ORDERS


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


def _content(path: Path, root: Path, seen: set[Path]) -> Iterator[Path]:
    """Yield every file at or below a path, through links that stay in the project."""
    real = path.resolve()
    if path.is_symlink() and not real.is_relative_to(root):
        raise _leading_out(path)
    if path.is_dir():
        if path.is_symlink():
            yield path
        for entry in sorted(path.iterdir()) if real not in seen else ():
            seen.add(real)
            yield from _content(entry, root, seen)
    elif path.exists() or path.is_symlink():
        yield path


def _others(project: Path, root: Path, ours: AbstractSet[Path]) -> Iterator[Path]:
    """Yield the files beside the content; a link to a directory counts as itself."""
    for place, names, files in os.walk(project):
        directory = Path(place)
        links = {name for name in names if (directory / name).is_symlink()}
        for name in links:
            if not _is_walked((directory / name).resolve(), root):
                raise _leading_out(directory / name)
        apart = {name for name in names if (directory / name).resolve() in ours}
        apart |= {CONTENT_DIR} if directory == project else set()
        names[:] = sorted({*names} - links - _ASIDE - apart)
        in_results = any(part.endswith("-results") for part in directory.relative_to(project).parts)
        for path in (directory / name for name in sorted((*links, *files))):
            is_left = in_results and not may_run(path.name)
            if not is_left:
                yield path


def _is_walked(directory: Path, root: Path) -> bool:
    """Whether the files of a directory are taken for what they are, wherever a link leads from."""
    return directory.is_relative_to(root) and _ASIDE.isdisjoint(directory.relative_to(root).parts)


def _leading_out(link: Path) -> UntrustedError:
    return UntrustedError(
        f"`{link}` is a link out of the project, and what it leads to can change unseen",
        hints=["put a copy in its place", "or, for a project of your own: ckpm trust --edits"],
    )


def _digest(path: Path) -> str:
    """Return the sha256 of a regular file, and of anything else what it is."""
    if not path.is_file():
        return f"link to {path.readlink()}" if path.is_symlink() else "no file"
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"not readable: {error.strerror}"
