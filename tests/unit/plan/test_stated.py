"""What a lock says of a package against what its recipe states."""

from __future__ import annotations

import pytest

from ckpm.errors import StaleLockError
from ckpm.model.lock import Artifact, Closure, Distribution, LockedPackage
from ckpm.model.recipe import Digest, Part, Recipe, Source
from ckpm.plan.stated import files_of_the_lock_alone, locked_source, require_held

SHA, OTHER = Digest("sha256", "ab" * 32), Digest("sha256", "cd" * 32)
PART = Part(("https://h/x.tar",), 10, (SHA,))
SOURCE = Source("archive", parts=(PART,), line=7)
SECOND = Source("archive", parts=(Part(("https://h/y.tar",)),), line=12)
RECIPE = Recipe("x", "library", "", sources=(SOURCE, SECOND), digest="ef" * 32)
FILE = Artifact("x.tar", 10, (SHA,), ("https://h/x.tar",))
PACKAGE = LockedPackage(
    "x", "1", "archive", recipe="ef" * 16, source_line=7, artifacts=(FILE,)
)  # fmt: skip


def changed(**fields: object) -> LockedPackage:
    import dataclasses

    return dataclasses.replace(PACKAGE, **fields)


def test_the_locked_source_is_the_one_on_its_line() -> None:
    assert locked_source(PACKAGE, RECIPE) == (RECIPE, SOURCE)
    assert locked_source(changed(source_line=12), RECIPE) == (RECIPE, SECOND)


@pytest.mark.parametrize(
    "package",
    [
        changed(recipe="00" * 16),
        changed(recipe=None),
        changed(source_line=8),
        changed(method="build"),
        changed(artifacts=()),
        changed(artifacts=(FILE, FILE)),
    ],
    ids=["recipe", "no recipe", "line", "method", "no files", "files"],
)
def test_what_the_recipe_has_not_is_stale(package: LockedPackage) -> None:
    with pytest.raises(StaleLockError):
        locked_source(package, RECIPE)


def test_a_lone_source_may_move_in_its_file() -> None:
    """As one of a package in ckpm.yaml does."""
    recipe = Recipe("x", "library", "", sources=(SOURCE,), digest="ef" * 32)
    assert locked_source(changed(source_line=99), recipe)[1] == SOURCE


@pytest.mark.parametrize(
    ("artifact", "is_own"),
    [
        (FILE, False),
        (Artifact("x.tar", 10, (SHA,), ("https://mirror/x.tar",)), False),
        (Artifact("x.tar", 10, (OTHER,), ("https://h/x.tar",)), True),
        (Artifact("x.tar", 10, (), ("https://h/x.tar",)), True),
        (Artifact("x.tar", 10, (OTHER, SHA), ("https://h/x.tar",)), False),
    ],
)
def test_other_bytes_than_the_recipes_are_the_locks_own(artifact: Artifact, is_own: bool) -> None:  # noqa: FBT001
    found = list(files_of_the_lock_alone(changed(artifacts=(artifact,)), SOURCE))
    assert found == ([artifact] if is_own else [])


def test_another_address_is_the_locks_own_where_no_digest_is_stated() -> None:
    moved = Artifact("y.tar", 10, (OTHER,), ("https://evil/y.tar",))
    assert list(files_of_the_lock_alone(changed(artifacts=(moved,)), SECOND)) == [moved]
    same = Artifact("y.tar", 10, (OTHER,), ("https://h/y.tar",))
    assert list(files_of_the_lock_alone(changed(artifacts=(same,)), SECOND)) == []


PYPI = Source("pypi", details=(("distribution", "Y-x"),))


@pytest.mark.parametrize(
    ("distributions", "fits"),
    [
        ((Distribution("y.x", "1.0", ()),), True),
        ((Distribution("y-x", "1.1", ()),), False),
        ((Distribution("x", "1", ()),), False),
        ((), False),
    ],
)
def test_the_version_that_is_shown_is_the_one_that_is_installed(
    distributions: tuple[Distribution, ...],
    fits: bool,  # noqa: FBT001
) -> None:
    closure = Closure("", "3.11.7", (), distributions)
    if fits:
        require_held(PACKAGE, PYPI, closure)
        return
    with pytest.raises(StaleLockError, match="contradicts itself"):
        require_held(PACKAGE, PYPI, closure)
