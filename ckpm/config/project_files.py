"""Which files of a project can make something run: what consent is given to, file by file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath

from ckpm.config.places import PROJECT_FILE
from ckpm.errors import CkpmError, UntrustedError
from ckpm.schema.documents import Mapped, Node, Scalar, Sequenced, read_document

CONTENT_DIR = ".ckpm"
CODE = (
    ".bash", ".bat", ".c", ".cc", ".cjs", ".class", ".cmake", ".cmd", ".cpp", ".cs", ".cu",
    ".cxx", ".dll", ".dylib", ".exe", ".fish", ".go", ".h", ".hpp", ".jar", ".java", ".jl",
    ".js", ".ksh", ".lua", ".mjs", ".mk", ".php", ".pl", ".ps1", ".py", ".pyc", ".pyd",
    ".pyz", ".r", ".rb", ".rs", ".sh", ".so", ".swift", ".tcl", ".ts", ".wasm", ".zsh",
)  # fmt: skip
"""What runs, is imported by what runs, or is compiled; and whatever may be executed."""


def files_that_run(project: Path, here: Path | None = None) -> dict[str, str]:
    """Return the sha256 of each file that matters to what a project runs, by its path from there.

    These are ``ckpm.yaml``, the locks, all that lies in ``.ckpm``, and every file that one of those
    names, with the code around it. Names are also read from the directory ``here``.

    Raises:
        UntrustedError: for a link in ``.ckpm`` that leads out of the project.
    """
    content = list(_content(project / CONTENT_DIR, project.resolve(), set()))
    stated = [project / PROJECT_FILE, *(path for path in content if path.suffix == ".yaml")]
    named = {path for file in stated for path in _named(file, project.resolve(), here or project)}
    # A script imports its neighbours.
    around = {path if path.is_dir() else path.parent for path in named if _is_code(path)}
    files = {*stated, *project.glob("ckpm*.lock"), *content, *named, *_code(around)}
    return {str(path.relative_to(project)): _digest(path) for path in files if path.is_file()}


def _content(path: Path, project: Path, seen: set[Path]) -> Iterator[Path]:
    """Yield every file at or below a path, through links that stay in the project."""
    real = path.resolve()
    if path.is_symlink() and not real.is_relative_to(project):
        raise UntrustedError(
            f"`{path}` is a link out of the project, and what it leads to can change unseen",
            hints=["put a copy in its place"],
        )
    if path.is_file():
        yield path
    elif path.is_dir() and real not in seen:
        seen.add(real)
        for entry in sorted(path.iterdir()):
            yield from _content(entry, project, seen)


def _named(file: Path, project: Path, base: Path) -> Iterator[Path]:
    """Yield the files and directories of a project that a document names."""
    try:
        document = read_document(file)
    except CkpmError:
        return  # Who reads it for what it states tells what is wrong with it.
    for text in _texts(document):
        path = _inside(text, base)
        if path is not None and path.resolve().is_relative_to(project):
            yield path


def _texts(node: Node) -> Iterator[str]:
    match node:
        case Scalar(text):
            yield from (text, text.partition("=")[2])
        case Sequenced(items):
            yield from _modules(items)
            for item in items:
                yield from _texts(item)
        case Mapped(entries):
            for item in entries.values():
                yield from _texts(item)


def _modules(items: Iterable[Node]) -> Iterator[str]:
    """Yield where the modules are that ``-m`` starts."""
    for first, second in pairwise(items):
        if isinstance(first, Scalar) and first.text == "-m" and isinstance(second, Scalar):
            path = second.text.replace(".", "/")
            yield from (path, f"{path}.py")


def _inside(text: str, base: Path) -> Path | None:
    """Return the path that a text may mean, whatever placeholder it starts with."""
    path = text.rpartition("}")[2].strip("/") if "{" in text else text
    fits = path and "\0" not in path and not PurePosixPath(path).is_absolute() and len(path) < 1024
    try:
        return base / path if fits and (base / path).exists() else None
    except OSError:
        return None


def _code(directories: set[Path]) -> Iterator[Path]:
    outermost = (d for d in directories if directories.isdisjoint(d.parents))
    for place, names, files in (found for d in outermost for found in os.walk(d)):
        # What Python compiled is not read there: see `ckpm run`.
        names[:] = [n for n in names if not n.startswith(".") and n != "__pycache__"]
        yield from (path for name in files if _is_code(path := Path(place, name)))


def _is_code(path: Path) -> bool:
    """Whether a path is a directory or what runs."""
    return path.suffix.lower() in CODE or os.access(path, os.X_OK)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
