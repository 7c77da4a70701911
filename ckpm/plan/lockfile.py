"""The lock file: stable YAML of our own writing, strictly read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ckpm.errors import ContentError, StaleLockError
from ckpm.model.lock import (
    Artifact,
    Closure,
    Distribution,
    Lock,
    LockedPackage,
    LockedTarget,
    Wheel,
)
from ckpm.model.platform import Platform
from ckpm.model.recipe import Digest
from ckpm.system.documents import (
    Mapped,
    Node,
    Plain,
    Scalar,
    Sequenced,
    read_document,
    write_document,
)
from ckpm.system.files import write_text

FORMAT = "ckpm-lock/1"
RESOLVER = "1"
ALGORITHMS = ("sha512", "sha384", "sha256", "sha1", "md5")


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock; the same lock is always the same bytes."""
    header = "# Written by ckpm; commit it. Change it with `ckpm lock` or `ckpm update`.\n"
    write_text(path, header + write_document(_lock_plain(lock)))


def lock_text(lock: Lock) -> str:
    """Return the canonical text of a lock, for digests."""
    return write_document(_lock_plain(lock))


def read_lock(path: Path) -> Lock | None:
    """Return the lock at ``path``, or ``None`` where there is none.

    Raises:
        StaleLockError: when another ckpm wrote a format that this one does not read.
        ContentError: when it was damaged.
    """
    if not path.is_file():
        return None
    document = read_document(path)
    if (found := _text(document, "format")) != FORMAT:
        raise StaleLockError(
            f"`{path}` has the format `{found}`, not `{FORMAT}`", hints=["run `ckpm lock`"]
        )
    try:
        targets = tuple(_target(node) for node in _items(document, "targets"))
        return Lock(_text(document, "environment"), targets)
    except (KeyError, ValueError, AttributeError) as error:
        raise ContentError([f"{path}:1: damaged lock ({error})"]) from error


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


def _lock_plain(lock: Lock) -> dict[str, Plain]:
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


def _target(node: Node) -> LockedTarget:
    return LockedTarget(
        target=_text(node, "target"),
        facts=tuple(_pairs(node, "facts")),
        requires=tuple(_texts(node, "requires")),
        packages=tuple(_package(item) for item in _items(node, "packages")),
        closures=tuple(_closure(item) for item in _items(node, "python")),
    )


def _package(node: Node) -> LockedPackage:
    optional = {
        name: _optional(node, name) for name in ("recipe", "constraint", "evidence", "alternative")
    }
    return LockedPackage(
        name=_text(node, "name"),
        version=_text(node, "version"),
        method=_text(node, "from"),
        kind=_optional(node, "kind") or "",
        options=tuple(_pairs(node, "options")),
        scope=_optional(node, "scope") or "",
        source_line=int(_optional(node, "line") or 0),
        artifacts=tuple(_artifact(item) for item in _items(node, "files")),
        needs=tuple(_texts(node, "needs")),
        license=_optional(node, "license") or "",
        **optional,
    )


def _artifact(node: Node) -> Artifact:
    size = _optional(node, "size")
    found = ((name, _optional(node, name)) for name in ALGORITHMS)
    return Artifact(
        name=_text(node, "name"),
        size=int(size) if size else None,
        digests=tuple(Digest(name, value) for name, value in found if value),
        urls=tuple(_texts(node, "urls")),
        registry=_optional(node, "registry"),
        reference=_optional(node, "reference") or "",
    )


def _closure(node: Node) -> Closure:
    return Closure(
        scope=_optional(node, "scope") or "",
        python=_text(node, "requires-python").removeprefix("=="),
        requirements=tuple(_texts(node, "requirements")),
        distributions=tuple(_distribution(item) for item in _items(node, "packages")),
        platform=_optional(node, "platform") or "",
    )


def _distribution(node: Node) -> Distribution:
    wheels = tuple(
        Wheel(_text(item, "name"), int(_text(item, "size") or 0) or None, _text(item, "sha256"))
        for item in _items(node, "wheels")
    )
    return Distribution(
        _text(node, "name"), _text(node, "version"), wheels, _optional(node, "index")
    )


def _entries(node: Node) -> Mapping[str, Node]:
    if not isinstance(node, Mapped):
        raise ValueError(f"line {node.line}: expected a mapping")  # noqa: TRY004
    return node.entries


def _optional(node: Node, name: str) -> str | None:
    found = _entries(node).get(name)
    return found.text if isinstance(found, Scalar) else None


def _text(node: Node, name: str) -> str:
    found = _entries(node)[name]
    if not isinstance(found, Scalar):
        raise ValueError(f"line {found.line}: expected a text")  # noqa: TRY004
    return found.text


def _items(node: Node, name: str) -> tuple[Node, ...]:
    found = _entries(node).get(name)
    return found.items if isinstance(found, Sequenced) else ()


def _texts(node: Node, name: str) -> Iterator[str]:
    return (item.text for item in _items(node, name) if isinstance(item, Scalar))


def _pairs(node: Node, name: str) -> Iterator[tuple[str, str]]:
    found = _entries(node).get(name)
    entries = found.entries.items() if isinstance(found, Mapped) else ()
    return ((key, item.text) for key, item in entries if isinstance(item, Scalar))
