"""The lock file: stable YAML of our own writing, strictly read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ckpm.errors import ContentError, StaleLockError
from ckpm.model.lock import Lock, LockedTarget
from ckpm.model.platform import Platform
from ckpm.schema.decode import decode
from ckpm.schema.documents import Mapped, Scalar, parse_document, read_text, write_document
from ckpm.schema.lock import FORMAT, LOCK
from ckpm.schema.lock_text import lock_document
from ckpm.system.files import write_text

HEADER = "# Written by ckpm; commit it. Change it with `ckpm lock` or `ckpm update`.\n"


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock; the same lock is always the same bytes."""
    plain = lock_document(lock)
    lines = (HEADER + write_document({**plain, "lines": 0})).count("\n")
    # It stands before what may be cut off.
    counted = {"format": plain.pop("format"), "lines": lines, **plain}
    write_text(path, HEADER + write_document(counted))


def read_lock(path: Path) -> Lock | None:
    """Return the lock at ``path``, or ``None`` where there is none.

    Raises:
        StaleLockError: when another ckpm wrote a format that this one does not read.
        ContentError: when it was damaged or cut short, with every fault.
    """
    if not path.is_file():
        return None
    text = read_text(path)
    document = parse_document(text, str(path))
    found = document.entries.get("format")
    if isinstance(found, Scalar) and found.text != FORMAT:
        raise StaleLockError(
            f"`{path}` has the format {found.text!a:.40}, not `{FORMAT}`",
            hints=["another ckpm wrote it: use that one, or remove the file and run `ckpm lock`"],
        )
    _require_whole(path, document, text.count("\n"))
    lock: Lock = decode(LOCK, document, str(path))
    return lock


def _require_whole(path: Path, document: Mapped, lines: int) -> None:
    """Make sure that a lock has as many lines as it says; those of earlier ckpms say nothing."""
    stated = document.entries.get("lines")
    if isinstance(stated, Scalar) and stated.text != str(lines):
        fault = (
            f"{path}:{stated.line}: lines: it says that it has {stated.text!a:.20}, and has"
            f" {lines}: it was cut short or edited; take it from version control again, or remove"
            " it and run `ckpm lock`"
        )
        raise ContentError([fault])


def locked_target(
    path: Path, target: Platform, requires: Sequence[str] | None
) -> tuple[Lock, LockedTarget]:
    """Return a lock and what it holds for a target; it must fit ``requires`` where they are given.

    Raises:
        StaleLockError: when there is no lock for the target, or it is stale.
    """
    lock = read_lock(path)
    entry = lock.target(target.name) if lock else None
    if lock is None or entry is None:
        raise StaleLockError(f"nothing is locked for {target.name}", hints=["run `ckpm lock`"])
    if requires is not None and list(entry.requires) != list(requires):
        raise StaleLockError(
            "the lock is stale: other packages are required now",
            hints=["run `ckpm lock`, or use `--frozen` to take it as it is"],
        )
    return lock, entry
