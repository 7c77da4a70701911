"""The lock file: what is written is read back, the same lock is the same bytes, damage is told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from ckpm.model.recipe import Digest
from ckpm.plan.lockfile import ALGORITHMS, lock_text, read_lock, write_lock

# Mostly what YAML reads as something else: numbers, booleans, comments, anchors, quotes, newlines.
WORDS = ("1.10", "1e3", "no", "null", "~", "0x10", "2026-11-23", "12:30:45", "- x", "a: b", "a #b")
TEXT = st.sampled_from(WORDS) | st.text(st.sampled_from("aé: #-?&*!|>'\"%@`{}[],\\/\n\t~=<>._0"))
SOME = TEXT.filter(bool)
SIZES = st.none() | st.integers(1, 2**50)
PAIRS = st.dictionaries(SOME, TEXT, max_size=3).map(lambda d: tuple(d.items()))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)


def tuples_of(strategy: st.SearchStrategy[object], size: int = 2) -> st.SearchStrategy[object]:
    return st.lists(strategy, max_size=size).map(tuple)


DIGESTS = st.sets(st.sampled_from(ALGORITHMS)).map(
    lambda names: tuple(Digest(name, "ab" * 8) for name in ALGORITHMS if name in names)
)
PLAIN_ARTIFACTS = st.builds(Artifact, SOME, SIZES, DIGESTS, TEXTS)
REGISTRY_ARTIFACTS = st.builds(Artifact, SOME, SIZES, DIGESTS, st.just(()), SOME, TEXT)
PACKAGES = st.builds(
    LockedPackage,
    name=SOME,
    version=SOME,
    method=SOME,
    kind=TEXT,
    options=PAIRS,
    scope=TEXT,
    recipe=st.none() | SOME,
    source_line=st.integers(0, 10_000),
    artifacts=tuples_of(PLAIN_ARTIFACTS | REGISTRY_ARTIFACTS),
    needs=TEXTS,
    license=TEXT,
    constraint=st.none() | SOME,
    evidence=st.none() | SOME,
    alternative=st.none() | SOME,
)
DISTRIBUTIONS = st.builds(
    Distribution, SOME, TEXT, tuples_of(st.builds(Wheel, SOME, SIZES, TEXT)), st.none() | SOME
)
CLOSURES = st.builds(Closure, TEXT, TEXT, TEXTS, tuples_of(DISTRIBUTIONS))
TARGETS = st.builds(LockedTarget, SOME, PAIRS, TEXTS, tuples_of(PACKAGES), tuples_of(CLOSURES, 2))
LOCKS = st.builds(Lock, SOME, tuples_of(TARGETS, 2))

LOCK = Lock(
    "demo",
    (
        LockedTarget(
            "linux-x86_64",
            (("glibc", "2.28"),),
            ("photos>=1",),
            (
                LockedPackage(
                    "photos",
                    "1.10",
                    "archive",
                    kind="dataset",
                    options=(("images", "50"),),
                    recipe="ab" * 16,
                    source_line=7,
                    artifacts=(
                        Artifact("p.zip", 10, (Digest("sha256", "cd" * 32),), ("http://h/p",)),
                    ),
                ),
            ),
            (
                Closure(
                    "", "3.11.7", ("x==1",), (Distribution("x", "1", (Wheel("x.whl", 5, "ef"),)),)
                ),
            ),
        ),
    ),
)
DAMAGES = {
    "not YAML": ("targets:", "targets: ["),
    "a merge conflict": ("targets:", "<<<<<<< ours\ntargets:"),
    "given twice": ("environment: demo", "environment: demo\nenvironment: demo"),
    "an alias": ("environment: demo", "environment: &a demo"),
    "a tag": ("environment: demo", "environment: !!str demo"),
    "no environment": ("environment: demo\n", ""),
    "a package without a name": ("name: photos", "title: photos"),
    "a size that is none": ("size: 10", "size: many"),
    "a line that is none": ("line: 7", "line: here"),
    "a text where packages belong": ("target: linux-x86_64", "target: [linux-x86_64]"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ckpm.lock"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lock=LOCKS)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> None:
    file = tmp_path_factory.mktemp("lock") / "ckpm.lock"
    write_lock(file, lock)
    assert read_lock(file) == lock


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lock=LOCKS)
def test_the_same_lock_is_the_same_bytes(lock: Lock) -> None:
    assert lock_text(lock) == lock_text(dataclasses.replace(lock))


def test_rewriting_what_was_read_changes_nothing(file: Path) -> None:
    write_lock(file, LOCK)
    before = file.read_bytes()
    again = read_lock(file)
    assert again == LOCK
    assert again is not None
    write_lock(file, again)
    assert file.read_bytes() == before


def test_targets_are_in_order_whichever_was_locked_first() -> None:
    (linux,) = LOCK.targets
    android = dataclasses.replace(linux, target="android-arm64")
    one = Lock("demo").with_target(linux).with_target(android)
    two = Lock("demo").with_target(android).with_target(linux)
    assert lock_text(one) == lock_text(two)
    assert [target.target for target in one.targets] == ["android-arm64", "linux-x86_64"]


def test_no_lock_is_none(file: Path) -> None:
    assert read_lock(file) is None


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_its_file(file: Path, damage: str) -> None:
    old, new = DAMAGES[damage]
    write_lock(file, LOCK)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError, match=r"ckpm\.lock:\d+:"):
        read_lock(file)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\0", b"[]", b"just words", b"- a\n- b\n"])
def test_what_is_no_lock_at_all(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(ContentError):
        read_lock(file)


@pytest.mark.parametrize("found", ["ckpm-lock/2", "ckpm-lock/0", "something else"])
def test_another_format_asks_for_a_new_lock(file: Path, found: str) -> None:
    write_lock(file, LOCK)
    file.write_text(file.read_text().replace("ckpm-lock/1", found))
    with pytest.raises(StaleLockError, match="has the format"):
        read_lock(file)


def test_cut_short_anywhere_it_is_whole_or_an_error(file: Path) -> None:
    """Never half a lock in silence, but for an end between two whole entries of a list."""
    write_lock(file, LOCK)
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        try:
            found = read_lock(file)
        except (ContentError, StaleLockError):
            continue
        assert found is not None
        assert found.environment == "demo"
