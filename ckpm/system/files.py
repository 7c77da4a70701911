"""The one seam for durable effects: every file that must survive a crash is written here."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ckpm.errors import CkpmError

MANY_FILES = 64

_TEMPORARY = ".tmp-"


class StorageError(CkpmError):
    """The disk is full, read-only or not ours to write."""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about ``path`` into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # A library's own: the operating system says nothing without one.
            raise
        hints = ["free some space, or place the store elsewhere with `CKPM_STORE` or `--store`"]
        reason = error.strerror or type(error).__name__
        raise StorageError(f"cannot write below `{path}`: {reason.lower()}", hints=hints) from error


def write_text(path: Path, text: str) -> None:
    """Write a file that is there either whole or as it was before."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that is there either whole or as it was before."""
    with storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextmanager
def temporary_directory(parent: Path) -> Iterator[Path]:
    """Give a directory beside its future place; what is left in it goes away at the end.

    What processes that were killed have left there goes away now.
    """
    with storage_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f"{_TEMPORARY}*"):
            _reclaim(left)
        directory = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=parent))
        handle = _claim(directory)
    try:
        yield directory
    finally:
        remove_tree(directory)
        os.close(handle)


def _claim(directory: Path) -> int:
    """Hold a directory until the handle is closed or the process ends, however it ends."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _reclaim(directory: Path) -> None:
    with suppress(OSError):  # Somebody still works there.
        handle = _claim(directory)
        remove_tree(directory)
        os.close(handle)


def publish_directory(temporary: Path, final: Path) -> None:
    """Move a finished directory into place in one step; its parent is flushed."""
    with storage_errors(final.parent):
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o755)
        temporary.replace(final)
        _flush(final.parent)


def flush_tree(directory: Path) -> None:
    """Bring every file below a directory to the disk."""
    files = [path for path in directory.rglob("*") if path.is_file() and not path.is_symlink()]
    if len(files) > MANY_FILES:
        # One wait for the whole disk is shorter than thousands of waits for single files.
        os.sync()
        return
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())


def publish_file(temporary: Path, final: Path) -> None:
    """Move a finished file into place in one step; it and its parent are flushed."""
    with storage_errors(final.parent):
        final.parent.mkdir(parents=True, exist_ok=True)
        _flush(temporary)
        temporary.replace(final)
        _flush(final.parent)


def point_link(link: Path, target: str) -> None:
    """Make ``link`` a symbolic link to ``target``, replacing what it was in one step."""
    with storage_errors(link.parent):
        link.parent.mkdir(parents=True, exist_ok=True)
        temporary = link.with_name(f".{link.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(target)
        temporary.replace(link)


def remove_tree(path: Path) -> None:
    """Remove a directory, read-only parts too; one that is not there is fine."""

    def make_writable(_function: object, name: str, _error: object) -> None:
        Path(name).parent.chmod(0o700)
        Path(name).chmod(0o700)
        remove = Path(name).rmdir if Path(name).is_dir() else Path(name).unlink
        remove()

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, onerror=make_writable)


def tree_size(path: Path) -> int:
    """Return the bytes of all regular files below a directory."""
    return sum(
        entry.stat(follow_symlinks=False).st_size
        for directory, _, names in os.walk(path)
        for name in names
        if (entry := Path(directory, name)).is_file() and not entry.is_symlink()
    )


def folds_names(directory: Path) -> bool:
    """Whether an existing directory's file system takes ``A`` and ``a`` for one name."""
    other = directory.name.swapcase()
    return other != directory.name and directory.with_name(other).exists()


def free_bytes(path: Path) -> int:
    """Return how many bytes may still be written where ``path`` is or will be."""
    existing = next(p for p in (path, *path.parents) if p.exists())
    return shutil.disk_usage(existing).free


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
