"""Verdicts are remembered for as long as they are known to hold, and not a moment longer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.install.verdicts import Verdicts
from ckpm.model.lock import Closure, Distribution, Wheel
from ckpm.model.refusals import ClosureConflictError, ClosureUndecidedError
from ckpm.system.registries.pypi import FRESH_S, PythonIndex
from ckpm.system.uv import uv_platform

LINUX = known_platforms()["linux-x86_64"]
FOUND = (Distribution("a", "1", (Wheel("a-1-py3-none-any.whl", 9, "ab"),)),)


@dataclass(frozen=True)
class FakeUv:
    """Has one answer to everything, and notes what it is asked."""

    answer: Any = FOUND
    version: str = "0.9"
    offline: bool = False
    indexes: tuple[str, ...] = ("",)
    environ: dict[str, str] = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)

    def lock(self, scope: str, requirements: Sequence[str], *more: Any) -> Closure:
        self.asked.append((*requirements, *more))
        if isinstance(self.answer, Exception):
            raise self.answer
        return Closure(scope, "3.11", tuple(requirements), self.answer)

    def managed_pythons(self, platform: Any) -> list[tuple[str, str]]:
        self.asked.append(platform.name)
        return [("3.11.2", "somewhere")]


@pytest.fixture
def remembering(tmp_path: Path) -> Callable[..., Verdicts]:
    """Make verdicts of a uv, all with the same directories."""

    def make(uv: FakeUv) -> Verdicts:
        index = PythonIndex(("https://index.example",), tmp_path / "index")
        return Verdicts(uv, index, tmp_path / "closures")  # type: ignore[arg-type]

    return make


def ask(verdicts: Verdicts, scope: str = "", **other: Any) -> Closure:
    question = {"requirements": ["a[x]==1"], "python": "3.11", "platform": LINUX, **other}
    return verdicts.lock(scope, **question)


def page(tmp_path: Path, content: str) -> None:
    place = tmp_path / "index" / "0123" / "a.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)


def aged(tmp_path: Path, seconds: float) -> None:
    for file in (tmp_path / "closures").iterdir():
        document = json.loads(file.read_text())
        file.write_text(json.dumps({**document, "asked_at": document["asked_at"] - seconds}))


def test_a_yes_is_remembered_whole(remembering: Callable[..., Verdicts]) -> None:
    uv = FakeUv()
    first, again = ask(remembering(uv)), ask(remembering(uv), "tool")
    assert len(uv.asked) == 1
    assert first.distributions == again.distributions == FOUND
    assert (again.scope, again.platform) == ("tool", uv_platform(LINUX))


def test_a_no_is_remembered_in_the_words_of_uv(remembering: Callable[..., Verdicts]) -> None:
    uv = FakeUv(ClosureConflictError("a clashes", ["a"]))
    for _ in range(2):
        with pytest.raises(ClosureConflictError) as refusal:
            ask(remembering(uv), "tool")
        assert (refusal.value.text, refusal.value.scope) == ("a clashes", "tool")
    assert len(uv.asked) == 1


def test_undecided_is_not_remembered(remembering: Callable[..., Verdicts]) -> None:
    uv = FakeUv(ClosureUndecidedError("what?"))
    for _ in range(2):
        with pytest.raises(ClosureUndecidedError):
            ask(remembering(uv))
    assert len(uv.asked) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"requirements": ["a==2"]},
        {"python": "3.12"},
        {"platform": known_platforms()["linux-arm64"]},
        {"indexes": ["https://other.example"]},
        {"constraints": ["b==1"]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_question_is_asked(
    remembering: Callable[..., Verdicts], other: dict[str, Any]
) -> None:
    uv = FakeUv()
    ask(remembering(uv))
    ask(remembering(uv), **other)
    assert len(uv.asked) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"version": "0.10"},
        {"indexes": ("https://other.example",)},
        {"environ": {"UV_PYTHON_INSTALL_MIRROR": "https://mirror.example"}},
    ],
    ids=["version", "indexes", "settings"],
)
def test_another_uv_is_asked_anew(
    remembering: Callable[..., Verdicts], change: dict[str, Any]
) -> None:
    uv = FakeUv()
    ask(remembering(uv))
    ask(remembering(replace(uv, **change)))
    assert len(uv.asked) == 2


def test_a_setting_that_does_not_reach_uv_is_no_other_question(
    remembering: Callable[..., Verdicts],
) -> None:
    uv = FakeUv()
    for environ in ({}, {"UV_OVERRIDE": "wrong.txt"}, {"PIP_CONSTRAINT": "wrong.txt"}):
        ask(remembering(replace(uv, environ=environ)))
    assert len(uv.asked) == 1


@pytest.mark.parametrize("version", ["2", "what?"])
def test_a_closure_without_what_is_asked_is_no_verdict(
    remembering: Callable[..., Verdicts], version: str
) -> None:
    ask(remembering(FakeUv((replace(FOUND[0], version=version),))))
    uv = FakeUv()
    assert ask(remembering(uv)).distributions == FOUND
    assert len(uv.asked) == 1


def test_a_page_that_changed_asks_again(
    remembering: Callable[..., Verdicts], tmp_path: Path
) -> None:
    uv = FakeUv()
    for content in ("[1]", "[1]", "[1, 2]"):
        page(tmp_path, content)
        ask(remembering(uv))
    assert len(uv.asked) == 2


@pytest.mark.parametrize("seconds", [FRESH_S + 1, -60])
def test_an_old_verdict_counts_offline_alone(
    remembering: Callable[..., Verdicts], tmp_path: Path, seconds: float
) -> None:
    uv = FakeUv()
    ask(remembering(uv))
    aged(tmp_path, seconds)
    ask(remembering(replace(uv, offline=True)))
    assert len(uv.asked) == 1
    ask(remembering(uv))
    assert len(uv.asked) == 2


def test_what_uv_says_offline_is_believed_offline_alone(
    remembering: Callable[..., Verdicts],
) -> None:
    uv = FakeUv()
    for offline in (True, True, False):
        ask(remembering(replace(uv, offline=offline)))
    assert len(uv.asked) == 2


@pytest.mark.parametrize(
    "content",
    ["", "null", "[]", "{", '{"state": {}, "asked_at": 9e99}', "[" * 9999, "\xff"],
)
def test_a_file_that_cannot_be_read_is_no_verdict(
    remembering: Callable[..., Verdicts], tmp_path: Path, content: str
) -> None:
    uv = FakeUv()
    ask(remembering(uv))
    for file in (tmp_path / "closures").iterdir():
        file.write_text(content, encoding="latin-1")
    assert ask(remembering(uv)).distributions == FOUND
    assert len(uv.asked) == 2


@pytest.mark.parametrize("closure", [None, [{}], [{"name": "a"}], [1], 7])
def test_a_closure_that_cannot_be_read_is_no_verdict(
    remembering: Callable[..., Verdicts], tmp_path: Path, closure: Any
) -> None:
    uv = FakeUv()
    ask(remembering(uv))
    (file,) = (tmp_path / "closures").iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "closure": closure}))
    assert ask(remembering(uv)).distributions == FOUND


def test_a_cache_that_cannot_be_written_costs_time_alone(
    remembering: Callable[..., Verdicts], tmp_path: Path
) -> None:
    (tmp_path / "closures").write_text("no directory")
    assert ask(remembering(FakeUv())).distributions == FOUND


def test_the_pythons_of_a_uv_are_asked_once(remembering: Callable[..., Verdicts]) -> None:
    uv = FakeUv()
    for _ in range(2):
        assert remembering(uv).pythons(LINUX) == [("3.11.2", "somewhere")]
    assert uv.asked == ["linux-x86_64"]
    remembering(replace(uv, version="1.0")).pythons(LINUX)
    assert len(uv.asked) == 2


def test_a_list_of_pythons_from_elsewhere_is_asked_each_time(
    remembering: Callable[..., Verdicts],
) -> None:
    uv = FakeUv(environ={"UV_PYTHON_DOWNLOADS_JSON_URL": "https://lists.example"})
    for _ in range(2):
        remembering(uv).pythons(LINUX)
    assert len(uv.asked) == 2
