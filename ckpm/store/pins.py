"""Pins: the sha256 of files that nobody vouched for, taken when they first came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ckpm.store.store import Store

if TYPE_CHECKING:
    from ckpm.model.lock import Lock, LockedTarget
    from ckpm.model.recipe import Digest


def pinned(lock: Lock, entry: LockedTarget, store: Store) -> Lock:
    """Return the lock with a strong digest for every file of ``entry`` that is in the store."""
    packages = tuple(
        replace(package, artifacts=tuple(map(store.pin, package.artifacts)))
        for package in entry.packages
    )
    return lock.with_target(replace(entry, packages=packages))


def pins_of(entries: Iterable[LockedTarget]) -> dict[str, Digest]:
    """Return the strong digests that entries of a lock hold, by the origin of their files."""
    artifacts = (a for entry in entries for p in entry.packages for a in p.artifacts)
    return {a.origin: a.strongest for a in artifacts if a.is_pinned and a.strongest}
