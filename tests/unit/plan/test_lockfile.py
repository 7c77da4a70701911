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
from ckpm.plan.lockfile import read_lock, write_lock
from ckpm.schema.lock_text import lock_text
from ckpm.schema.values import ALGORITHMS

# Mostly what YAML reads as something else: numbers, booleans, comments, anchors, quotes.
WORDS = ("1.10", "1e3", "no", "null", "~", "0x10", "2026-11-23", "12:30:45", "- x", "a: b", "a #b")
TEXT = st.sampled_from(WORDS) | st.text(st.sampled_from("aé: #-?&*!|>'\"%@`{}[],\\/~=<>._0"))
SOME = TEXT.filter(bool)
NAME = st.sampled_from(["no", "null", "1e3", "0x10", "a", "tensorflow-lite"])
VERSION = st.sampled_from(["1.10", "1e3", "0x10", "2026-11-23", "12.2.0-14+deb12u1", "1:2~rc1"])
OPTION = st.sampled_from(["no", "1.10", "1e3", "C"])
FILE = st.sampled_from(["no", "1.10", "null", "a b.zip", "é.whl", "x-1.0.tar.gz"])
SIZES = st.none() | st.integers(1, 2**50)
SCOPE = st.sampled_from(["", "null", "a/b", "toolchain"])
URLS = st.lists(st.sampled_from(["http://h/p", "https://h/a#b"]), max_size=3).map(tuple)


def pairs(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    names = st.sampled_from(["no", "null", "e3", "cuda-arch"])
    return st.dictionaries(names, values, max_size=3).map(lambda d: tuple(d.items()))


def tuples_of(strategy: st.SearchStrategy[object], size: int = 2) -> st.SearchStrategy[object]:
    return st.lists(strategy, max_size=size).map(tuple)


DIGESTS = st.sets(st.sampled_from(list(ALGORITHMS))).map(
    lambda names: tuple(Digest(n, "a1" * (ALGORITHMS[n] // 2)) for n in ALGORITHMS if n in names)
)
REFERENCE = st.sampled_from([("npm", "@a/b==1.0"), ("pypi", "A.b==1.0"), ("uv", "3.13.2")])
PLAIN_ARTIFACTS = st.builds(Artifact, FILE, SIZES, DIGESTS, URLS)
REGISTRY_ARTIFACTS = st.builds(
    lambda name, size, digests, found: Artifact(name, size, digests, (), *found),
    FILE,
    SIZES,
    DIGESTS,
    REFERENCE,
)
NEED = st.sampled_from(["numpy>=2,<3", "cxx-compiler>=17 (gcc)", "model:format=tflite"])
PACKAGES = st.builds(
    LockedPackage,
    name=NAME,
    version=VERSION,
    method=NAME,
    kind=TEXT,
    options=pairs(OPTION),
    scope=SCOPE,
    recipe=st.none() | st.just("0e" * 16),
    source_line=st.integers(0, 10_000),
    artifacts=tuples_of(PLAIN_ARTIFACTS | REGISTRY_ARTIFACTS),
    needs=tuples_of(NEED),
    license=TEXT,
    constraint=st.none() | NEED,
    evidence=st.none() | SOME,
    alternative=st.none() | SOME,
)
WHEELS = st.builds(Wheel, FILE, SIZES, st.just("1e" * 32))
INDEX = st.none() | st.just("https://h/simple")
DISTRIBUTIONS = st.builds(Distribution, NAME, VERSION, tuples_of(WHEELS), INDEX)
PYTHON = st.sampled_from(["3.11.7", "3.14.0rc1", "3.9"])
CLOSURES = st.builds(Closure, SCOPE, PYTHON, tuples_of(TEXT), tuples_of(DISTRIBUTIONS), TEXT)
TARGETS = st.builds(
    LockedTarget, NAME, pairs(VERSION), tuples_of(TEXT), tuples_of(PACKAGES), tuples_of(CLOSURES)
)
LOCKS = st.builds(Lock, NAME, tuples_of(TARGETS, 2))

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
                    "",
                    "3.11.7",
                    ("x==1",),
                    (Distribution("x", "1", (Wheel("x.whl", 5, "ef" * 32),)),),
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


def test_cut_short_anywhere_it_is_an_error(file: Path) -> None:
    write_lock(file, LOCK)
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises((ContentError, StaleLockError)):
            read_lock(file)


def test_lines_that_somebody_added_or_took_away_are_told(file: Path) -> None:
    write_lock(file, LOCK)
    text = file.read_text()
    for changed in (text + "\n", text.replace("    line: 7\n", "")):
        assert changed != text
        file.write_text(changed)
        with pytest.raises(ContentError, match="cut short or edited"):
            read_lock(file)


def test_a_lock_of_before_that_does_not_count_its_lines_is_read(file: Path) -> None:
    write_lock(file, LOCK)
    text = "".join(x for x in file.read_text().splitlines(keepends=True) if "lines:" not in x)
    file.write_text(text)
    assert read_lock(file) == LOCK


@pytest.mark.parametrize("text", ["{}", "format: [x]", "format: ckpm-lock/1", "targets: {}"])
def test_what_has_no_fields_of_a_lock(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ContentError):
        read_lock(file)
