"""What a new lock changes of the one before, each with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.model.lock import Closure, Distribution, LockedPackage, LockedTarget
from ckpm.model.requirement import parse_requirement
from ckpm.model.resolution import Candidate, Choice, Resolution
from ckpm.model.version import Version
from ckpm.plan import moves

LINUX = known_platforms()["linux-x86_64"]


def locked(*texts: str, closure: dict[str, str] | None = None, **options: Any) -> LockedTarget:
    packages = []
    for text in texts:
        name, version = text.split()
        packages.append(LockedPackage(name, version, "archive", **options))
    distributions = tuple(Distribution(n, v, ()) for n, v in (closure or {}).items())
    return LockedTarget(
        "linux-x86_64", (), (), tuple(packages), (Closure("", "3.12", (), distributions),)
    )


def resolution(*wanted: str) -> Resolution:
    """Each text is a chosen package, and what some other asks of it."""
    choices = []
    for text in wanted:
        name, version, *asked = text.split()
        reasons = tuple(parse_requirement(a, "app.yaml:3") for a in asked)
        choices.append(Choice(Candidate(name, Version(version)), reasons))
    return Resolution((), LINUX, tuple(choices))


@pytest.mark.parametrize(
    ("before", "after", "chosen", "free", "said"),
    [
        (["a 1"], ["a 1"], ["a 1 a"], [], []),
        (["a 1"], ["a 2"], ["a 2 a"], ["a"], ["a 1 -> 2: asked to move"]),
        (["a 1"], ["a 2"], ["a 2 a a>=2"], [], ["a 1 -> 2: app.yaml:3 asks for `a>=2`"]),
        (["a 1"], ["a 2"], ["a 2 a"], [], ["a 1 -> 2: the locked version no longer fits"]),
        (["a 1"], ["a 1", "b 3"], ["a 1 a", "b 3 b"], [], ["b 3 (new): app.yaml:3 asks for `b`"]),
        (["a 1", "b 3"], ["a 1"], ["a 1 a"], [], ["b 3 -> gone: nothing needs it any more"]),
    ],
)
def test_says_what_moved_and_why(
    before: list[str], after: list[str], chosen: list[str], free: list[str], said: list[str]
) -> None:
    found = moves(locked(*before), locked(*after), resolution(*chosen), free)
    assert [str(move) for move in found] == said


def test_the_first_lock_moves_nothing() -> None:
    assert moves(None, locked("a 1"), None) == ()


def test_tells_what_uv_moved_too_but_not_twice() -> None:
    before = locked("tensorflow 2.20", closure={"tensorflow": "2.20", "numpy": "1.26", "six": "1"})
    after = locked("tensorflow 2.21", closure={"tensorflow": "2.21", "numpy": "2.1", "six": "1"})
    found = moves(before, after, resolution("tensorflow 2.21 tensorflow"), ["tensorflow"])
    assert [(move.name, move.old, move.new) for move in found] == [
        ("tensorflow", "2.20", "2.21"),
        ("numpy", "1.26", "2.1"),
    ]


def test_variants_beside_each_other_are_told_apart() -> None:
    def both(first: str, second: str) -> LockedTarget:
        packages = (
            LockedPackage("model", first, "archive", options=(("format", "onnx"),)),
            LockedPackage("model", second, "archive", options=(("format", "tflite"),)),
        )
        return LockedTarget("linux-x86_64", (), (), packages)

    found = moves(both("1", "1"), both("1", "2"), None)
    assert [(move.old, move.new) for move in found] == [("1", "2")]
