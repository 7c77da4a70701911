"""No text of a lock becomes a path, an argument or a line without a check where it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpm.errors import CkpmError, ContentError
from ckpm.model.lock import (
    Artifact,
    Closure,
    Distribution,
    Lock,
    LockedPackage,
    LockedTarget,
    Wheel,
)
from ckpm.model.recipe import Digest
from ckpm.schema.decode import decode
from ckpm.schema.documents import parse_document, write_document
from ckpm.schema.fields import Each, Kind, Record, Table, Text
from ckpm.schema.lock import LOCK
from ckpm.schema.lock_text import lock_document
from ckpm.store import Store

HOSTILE = (
    "/etc/passwd", "../x", "..", ".", "a/../../x", "a/b", "a\\b", "C:x", "~/x", "-x",
    "--index-url=http://x", "a\nb", "a\x1b[2Jb", "a\0b", "a b", "$(id)", "`id`", "{prefix}",
    "x; id", "file:///x", "http://x y", "", "\u202ex", "a\u2028b", "git+ssh://x",
    "1 ; python_version<'3'", "a @ http://x", "a" * 300,
)  # fmt: skip
HARMLESS = {"version": {"C:x"}, "glibc": {"C:x"}, "scope": {"a/b", ""}, "size": {""}}
"""An epoch stands before a colon, and a scope is a path of packages."""

FILES = {"a b", "$(id)", "`id`", "{prefix}", "x; id", "1 ; python_version<'3'"}
"""Files may have any sign in their names; no shell reads them, and nothing fills them in."""

SHOWN = {
    "kind", "license", "evidence", "alternative", "platform", "requires", "requirements",
    "resolver",
}  # fmt: skip
"""Fields that are printed or compared, and nothing else."""

ARTIFACTS = (
    Artifact("p.zip", 10, (Digest("sha256", "cd" * 32), Digest("md5", "ab" * 16)), ("http://h/p",)),
    Artifact("q.tgz", 10, (), (), "npm", "@a/q==1.0"),
    Artifact("r.whl", 10, (), (), "pypi", "r==1.0"),
)
PACKAGE = LockedPackage(
    "photos", "1.10", "archive", "dataset", (("images", "50"),), "a/toolchain", "ab" * 16, 7,
    ARTIFACTS, ("numpy>=2", "cxx-compiler>=17 (gcc)"), "MIT", "photos>=1", "photos 1.10", "none",
)  # fmt: skip
WHOLE = Lock(
    "demo",
    (
        LockedTarget(
            "linux-x86_64",
            (("glibc", "2.28"),),
            ("photos>=1",),
            (PACKAGE,),
            (
                Closure(
                    "photos",
                    "3.11.7",
                    ("x==1",),
                    (Distribution("x", "1", (Wheel("x.whl", 5, "ef" * 32),), "https://h/simple"),),
                    "x86_64-manylinux_2_28",
                ),
            ),
        ),
    ),
)


def places(plain: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every text and of every key of a table."""
    if isinstance(plain, dict):
        for name, item in plain.items():
            yield from places(item, (*path, name))
            if path and path[-1] in ("options", "facts"):
                yield (*path, ("key", name))
    elif isinstance(plain, list):
        for position, item in enumerate(plain):
            yield from places(item, (*path, position))
    else:
        yield path


def changed(plain: Any, path: tuple[Any, ...], value: str) -> Any:
    if not path:
        return value
    first, *rest = path
    if isinstance(first, tuple):
        return dict.fromkeys([value], next(iter(plain.values())))
    items = plain.items() if isinstance(plain, dict) else enumerate(plain)
    new = {n: changed(item, tuple(rest), value) if n == first else item for n, item in items}
    return new if isinstance(plain, dict) else list(new.values())


PLACES = list(places(lock_document(WHOLE)))


def test_the_lock_that_is_changed_is_sound_and_has_every_field() -> None:
    assert decode(LOCK, parse_document(write_document(lock_document(WHOLE)), "x"), "x") == WHOLE
    seen = {name for path in PLACES for name in path if isinstance(name, str)}
    named = {name for record in records(LOCK) for name in record.fields}
    assert named - seen == {"lines", "sha512", "sha384", "sha1"}


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_hostile_texts_are_faults_or_merely_shown(path: tuple[Any, ...]) -> None:
    field = next(name for name in reversed(path) if isinstance(name, str | tuple))
    fine = HARMLESS.get(field, set()) | (FILES if {"files", "wheels"} & set(path) else set())
    taken = {value for value in HOSTILE if is_taken(path, value)}
    if field in SHOWN:
        assert all(value.isprintable() for value in taken)
    else:
        assert taken <= fine


def is_taken(path: tuple[Any, ...], value: str) -> bool:
    text = write_document(changed(lock_document(WHOLE), path, value))
    try:
        decode(LOCK, parse_document(text, "ckpm.lock"), "ckpm.lock")
    except ContentError:
        return False
    return True


def records(kind: Kind) -> Iterator[Record]:
    match kind:
        case Record():
            yield kind
            for field in kind.fields.values():
                yield from records(field.kind)
        case Each(kind=inner) | Table(kind=inner):
            yield from records(inner)


def test_every_text_of_a_lock_has_a_check() -> None:
    """A field that somebody adds later must say what it takes."""

    def texts(kind: Kind) -> Iterator[Text]:
        match kind:
            case Text():
                yield kind
            case Each(kind=inner) | Table(kind=inner):
                yield from texts(inner)

    unchecked = [
        f"{record.name}.{name}"
        for record in records(LOCK)
        for name, field in record.fields.items()
        for text in texts(field.kind)
        if text.parse is str and not text.choices
    ]
    assert unchecked == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", "..", "/x", "a\0b", "a\\b"])
def test_the_store_has_no_place_for_other_names(tmp_path: Path, name: str) -> None:
    """The last line of defence, for a name that nobody checked."""
    store = Store(tmp_path)
    for place in (
        lambda: store.download(Artifact(name, 1, (Digest("sha256", "ab"),))),
        lambda: store.download(Artifact("x", 1, (Digest("sha256", name),))),
        lambda: store.environment(name),
        lambda: store.series("demo", name),
        lambda: store.generations(name, "linux-x86_64"),
        lambda: store.current(name, "linux-x86_64"),
        lambda: store.switch(name, "linux-x86_64", 1),
    ):
        with pytest.raises(CkpmError):
            place()
    with pytest.raises(CkpmError):
        store.result("key", f"{name}/../x", "1")
