"""Moves: what a new lock changes of the one before, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ckpm.model.lock import LockedPackage, LockedTarget, Move
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Resolution
from ckpm.model.version import Version


def moves(
    before: LockedTarget | None,
    after: LockedTarget,
    resolution: Resolution | None,
    free: Collection[str] = (),
) -> tuple[Move, ...]:
    """Return what moved between two locks of a target; nothing where there was none before.

    ``free`` are the packages that somebody asked to move.
    """
    if before is None:
        return ()
    return (*_of_packages(before, after, resolution, free), *_of_distributions(before, after))


def _of_packages(
    before: LockedTarget, after: LockedTarget, resolution: Resolution | None, free: Collection[str]
) -> Iterator[Move]:
    old, new = _by_identity(before), _by_identity(after)
    for identity, package in new.items():
        was = old.get(identity)
        if was is None or was.version != package.version:
            version = was.version if was else None
            reason = _reason(version, _wanted(package, resolution), free)
            yield Move(package.name, package.scope, version, package.version, reason)
    for identity, package in old.items():
        if identity not in new:
            reason = "nothing needs it any more"
            yield Move(package.name, package.scope, package.version, None, reason)


def _of_distributions(before: LockedTarget, after: LockedTarget) -> Iterator[Move]:
    """What uv moved of the rest of the Python closures."""
    packages = {package.name for package in after.packages}
    for closure in after.closures:
        known = before.closure(closure.scope)
        old = {d.name: d.version for d in known.distributions} if known else {}
        for distribution in closure.distributions:
            was = old.get(distribution.name)
            if distribution.name in packages or was in (None, distribution.version):
                continue
            reason = "what moved needs another one"
            yield Move(distribution.name, closure.scope, was, distribution.version, reason)


def _wanted(package: LockedPackage, resolution: Resolution | None) -> Sequence[Requirement]:
    for choice in resolution.choices if resolution else ():
        candidate = choice.candidate
        if (candidate.package, candidate.scope) == (package.name, package.scope):
            return choice.wanted_by
    return ()


def _reason(old: str | None, wanted: Sequence[Requirement], free: Collection[str]) -> str:
    for requirement in wanted:
        if old is None or Version(old) not in requirement.range:
            return f"{requirement.origin or 'the request'} asks for `{requirement}`"
    names = {requirement.package for requirement in wanted}
    return "asked to move" if names & set(free) else "the locked version no longer fits"


def _by_identity(entry: LockedTarget) -> dict[tuple[object, ...], LockedPackage]:
    """Variants that stand beside each other are told apart by their options."""
    names = Counter((package.name, package.scope) for package in entry.packages)
    return {
        (p.name, p.scope, p.options if names[p.name, p.scope] > 1 else ()): p
        for p in entry.packages
    }
