"""The files of a product, and which of them are compiled."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ckpm.check.binaries import Compiled, read_compiled
from ckpm.check.reading import DamagedError


@dataclass(frozen=True, slots=True)
class ProductFile:
    """One file: ``name`` is its path inside the product, ``damage`` says why it cannot be read."""

    path: Path
    name: str
    compiled: Compiled | None = None
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """The files and symbolic links below a directory, or one file."""

    root: Path
    files: tuple[ProductFile, ...]
    links: tuple[Path, ...] = ()

    @property
    def names(self) -> set[str]:
        """The file names by which a library can be found."""
        return {path.name for path in (*(file.path for file in self.files), *self.links)}

    @property
    def compiled(self) -> list[ProductFile]:
        """The files that are compiled, and those that only begin so."""
        return [file for file in self.files if file.compiled or file.damage]


def read_product(root: Path) -> Product:
    """Read a directory's files, or one file; links are not followed, devices are left alone."""
    if not root.is_dir():
        return Product(root.parent, (_read(root, root.name),))
    files, links = [], []
    for entry in sorted(_entries(root), key=lambda entry: entry.path):
        if entry.is_symlink():
            links.append(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            files.append(Path(entry.path))
    return Product(root, read_files(files, root), tuple(links))


def read_files(paths: Iterable[Path], root: Path) -> tuple[ProductFile, ...]:
    """Read some files below ``root``."""
    return tuple(_read(path, os.path.relpath(path, root)) for path in paths)


def _entries(root: Path) -> Iterator[os.DirEntry[str]]:
    left = [str(root)]
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                else:
                    yield entry


def _read(path: Path, name: str) -> ProductFile:
    try:
        return ProductFile(path, name, read_compiled(path))
    except DamagedError as error:
        return ProductFile(path, name, damage=str(error))
    except OSError as error:
        return ProductFile(path, name, damage=(error.strerror or type(error).__name__).lower())
