"""Locked closures are kept: whole when the same is asked, as constraints when more is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.install.registries import Registries
from ckpm.model.lock import Closure, Distribution
from ckpm.model.refusals import ClosureConflictError
from ckpm.system.registries.pypi import PythonIndex

LINUX = known_platforms()["linux-x86_64"]
LOCKED = Closure(
    "", "3.11.2", ("a==1",), (Distribution("a", "1", ()), Distribution("b", "2", ())),
    "x86_64-manylinux_2_35",
)  # fmt: skip


class FakeUv:
    """Notes what it is asked; refuses constraints that name ``moves``."""

    offline, version, indexes = False, "0.9", ()

    def __init__(self, moves: str = "nothing", text: str = "no") -> None:
        self.moves = moves
        self.text = text
        self.environ: dict[str, str] = {}
        self.asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = []

    def lock(
        self,
        scope: str,
        requirements: Sequence[str],
        python: str,
        platform: Any,
        indexes: Sequence[str] = (),
        constraints: Sequence[str] = (),
    ) -> Closure:
        self.asked.append((tuple(requirements), tuple(constraints)))
        if not self.moves or any(line.startswith(self.moves) for line in constraints):
            raise ClosureConflictError(self.text, requirements)
        return Closure(scope, python, tuple(requirements), ())


def registries(uv: FakeUv, tmp_path: Path) -> Registries:
    index = PythonIndex(("https://index.example",), tmp_path)
    return Registries(index, uv, {}, locked=(LOCKED,))  # type: ignore[arg-type]


def test_the_same_question_asks_nobody(tmp_path: Path) -> None:
    uv = FakeUv()
    assert registries(uv, tmp_path).closure("", ["a==1"], "3.11.2", LINUX, ()) is LOCKED
    assert uv.asked == []


def test_a_locked_closure_without_what_is_asked_is_locked_anew(tmp_path: Path) -> None:
    uv = FakeUv(moves="a==2", text="a==2 is not a==1")
    other = (Distribution("a", "2", ()), Distribution("b", "2", ()))
    held = replace(registries(uv, tmp_path), locked=(replace(LOCKED, distributions=other),))
    held.closure("", ["a==1"], "3.11.2", LINUX, ())
    assert uv.asked == [(("a==1",), ("a==2", "b==2")), (("a==1",), ("b==2",))]


@pytest.mark.parametrize(
    ("requirements", "python", "target"),
    [
        (["a==1", "c==1"], "3.11.2", "linux-x86_64"),
        (["a==1"], "3.12.1", "linux-x86_64"),
        (["a==1"], "3.11.2", "linux-arm64"),
    ],
)
def test_another_question_keeps_what_was_locked(
    tmp_path: Path, requirements: list[str], python: str, target: str
) -> None:
    uv = FakeUv()
    platform = known_platforms()[target]
    registries(uv, tmp_path).closure("", requirements, python, platform, ())
    assert uv.asked == [(tuple(requirements), ("a==1", "b==2"))]


def test_what_must_move_moves_and_nothing_else(tmp_path: Path) -> None:
    uv = FakeUv(moves="b", text="Because c==1 depends on B>=3")
    registries(uv, tmp_path).closure("", ["a==1", "c==1"], "3.11.2", LINUX, ())
    assert [constraints for _, constraints in uv.asked] == [("a==1", "b==2"), ("a==1",)]


def test_where_uv_names_nobody_everything_may_move(tmp_path: Path) -> None:
    uv = FakeUv(moves="b", text="bb and ab are at odds")
    registries(uv, tmp_path).closure("", ["a==1", "c==1"], "3.11.2", LINUX, ())
    assert [constraints for _, constraints in uv.asked] == [("a==1", "b==2"), ()]


def test_a_refusal_of_the_request_itself_is_one(tmp_path: Path) -> None:
    uv = FakeUv(moves="", text="a and b")
    with pytest.raises(ClosureConflictError):
        registries(uv, tmp_path).closure("", ["a==1", "c==1"], "3.11.2", LINUX, ())
    assert [constraints for _, constraints in uv.asked] == [("a==1", "b==2"), ()]


def test_another_scope_is_nobody_elses_business(tmp_path: Path) -> None:
    uv = FakeUv()
    registries(uv, tmp_path).closure("model", ["a==1"], "3.11.2", LINUX, ())
    assert uv.asked == [(("a==1",), ())]
