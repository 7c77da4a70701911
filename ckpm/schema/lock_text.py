"""Locks as plain data and as text: what ``ckpm.schema.lock`` reads."""

from __future__ import annotations

import hashlib

from ckpm.model.lock import Artifact, Closure, Lock, LockedPackage, LockedTarget
from ckpm.schema.documents import Plain, write_document
from ckpm.schema.lock import FORMAT

RESOLVER = "1"


def lock_text(lock: Lock) -> str:
    """Return the canonical text of a lock, for digests."""
    return write_document(lock_document(lock))


def entry_digest(entry: LockedTarget) -> str:
    """Return the sha256 of everything that is locked for one target."""
    return hashlib.sha256(write_document(_target_plain(entry)).encode()).hexdigest()


def lock_document(lock: Lock) -> dict[str, Plain]:
    """Return a lock as plain data, in the order in which it is written."""
    return {
        "format": FORMAT,
        "resolver": RESOLVER,
        "environment": lock.environment,
        "targets": [_target_plain(target) for target in lock.targets],
    }


def _target_plain(target: LockedTarget) -> dict[str, Plain]:
    return {
        "target": target.target,
        "facts": dict(target.facts),
        "requires": list(target.requires),
        "packages": [_package_plain(package) for package in target.packages],
        "python": [_closure_plain(closure) for closure in target.closures],
    }


def _package_plain(package: LockedPackage) -> dict[str, Plain]:
    texts = {
        "name": package.name,
        "version": package.version,
        "from": package.method,
        "kind": package.kind,
        "scope": package.scope,
        "recipe": package.recipe,
        "line": package.source_line or None,
        "license": package.license,
        "constraint": package.constraint,
        "evidence": package.evidence,
        "alternative": package.alternative,
    }
    plain: dict[str, Plain] = {name: value for name, value in texts.items() if value}
    if package.options:
        plain["options"] = dict(package.options)
    if package.needs:
        plain["needs"] = list(package.needs)
    if package.artifacts:
        plain["files"] = [_artifact_plain(artifact) for artifact in package.artifacts]
    return plain


def _artifact_plain(artifact: Artifact) -> dict[str, Plain]:
    plain: dict[str, Plain] = {"name": artifact.name}
    if artifact.size is not None:
        plain["size"] = artifact.size
    plain |= {digest.algorithm: digest.value for digest in artifact.digests}
    if artifact.registry:
        plain |= {"registry": artifact.registry, "reference": artifact.reference}
    elif artifact.urls:
        plain["urls"] = list(artifact.urls)
    return plain


def _closure_plain(closure: Closure) -> dict[str, Plain]:
    """The fields of a pylock.toml (packaging's specification), without index addresses."""
    return {
        "scope": closure.scope,
        "requires-python": f"=={closure.python}",
        "platform": closure.platform,
        "requirements": list(closure.requirements),
        "packages": [
            {
                "name": d.name,
                "version": d.version,
                **({"index": d.index} if d.index else {}),
                "wheels": [
                    {
                        "name": w.name,
                        "size": w.size if w.size is not None else "",
                        "sha256": w.sha256,
                    }
                    for w in d.wheels
                ],
            }
            for d in closure.distributions
        ],
    }
