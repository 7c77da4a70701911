"""What a refusal of uv teaches the solver, with a uv that follows a list of clashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.model.lock import Closure, Distribution
from ckpm.model.ranges import parse_range
from ckpm.model.recipe import Source
from ckpm.model.refusals import ClosureConflictError, ClosureUndecidedError
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.resolution import ANY_VERSION, Candidate, Choice, Resolution
from ckpm.model.version import Version
from ckpm.plan import Refusals

PYTHONS = ("3.12.1", "3.11.2", "3.11.1")
ON_311 = (("python", "", "3.11.2"), ("python", "", "3.11.1"))


@dataclass
class FakeUv:
    """Takes the first of ``answers`` whose lines are those asked for; else it refuses."""

    text: str = "a and b clash"
    answers: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    undecided: tuple[tuple[str, ...], ...] = ()
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, scope: str, lines: Sequence[str], indexes: Sequence[str]) -> Closure:
        self.asked.append(tuple(lines))
        if tuple(lines) in self.undecided:
            raise ClosureUndecidedError("metadata is missing")
        if tuple(lines) not in self.answers:
            raise ClosureConflictError(self.text, lines, scope)
        taken = self.answers[tuple(lines)].items()
        found = tuple(Distribution(name, version, ()) for name, version in taken)
        return Closure(scope, "3.11.2", tuple(lines), found)


def wheel(
    name: str, version: str, scope: str = "", options: tuple[tuple[str, str], ...] = ()
) -> Candidate:
    source = Source("pypi", details=(("extras", ("gpu",)),) if options else ())
    return Candidate(name, Version(version, "pep440"), options, scope, source=source)


def resolution(
    *candidates: Candidate,
    asked: Sequence[str] = (),
    needs: Sequence[tuple[Candidate, str, Candidate]] = (),
) -> Resolution:
    """Return a resolution with Python 3.11.2; ``needs`` are who asks what of whom."""
    pythons = [Candidate("python", Version("3.11.2"), scope=s)
               for s in dict.fromkeys(c.scope for c in candidates)]  # fmt: skip
    owners = dict.fromkeys([*candidates, *(owner for owner, _, _ in needs)])
    choices = [
        Choice(owner, (), tuple(
            (Requirement(chosen.package, parse_range(text)), chosen)
            for asking, text, chosen in needs if asking == owner
        ))
        for owner in (*owners, *pythons)
    ]  # fmt: skip
    requirements = tuple(parse_requirement(text, "the request") for text in asked)
    return Resolution(requirements, known_platforms()["linux-x86_64"], tuple(choices))


def learnt(
    uv: FakeUv, chosen: Resolution, text: str = "a and b clash", scope: str = ""
) -> Refusals:
    refusals = Refusals(lambda: PYTHONS)
    refusals.learn(ClosureConflictError(text, (), scope), chosen, uv)
    return refusals


def without_python(refusals: Refusals) -> set[frozenset[tuple[str, str, str]]]:
    return {frozenset(p for p in nogood if p[0] != "python") for nogood in refusals.nogoods}


A, B, C = wheel("a", "2"), wheel("b", "2"), wheel("c", "2")


def test_what_uv_would_take_is_preferred() -> None:
    uv = FakeUv(answers={("a==2", "b<3"): {"a": "2", "b": "1"}})
    refusals = learnt(uv, resolution(A, B, asked=["a", "b<3"]))
    assert refusals.preferred == {("a", ""): "2", ("b", ""): "1"}
    assert without_python(refusals) == {frozenset({("a", "", "2"), ("b", "", "2")})}


def test_what_no_version_mends_is_forbidden_in_every_version() -> None:
    uv = FakeUv(answers={("a<3", "b<3"): {"a": "1", "b": "2"}})
    refusals = learnt(uv, resolution(A, B, asked=["a<3", "b<3"]))
    assert without_python(refusals) == {frozenset({("a", "", "2"), ("b", "", ANY_VERSION)})}
    assert refusals.preferred["a", ""] == "1"


def test_nothing_is_left_where_all_versions_clash() -> None:
    refusals = learnt(FakeUv(), resolution(A, B, asked=["a<3", "b<3"]))
    every = {("a", "", ANY_VERSION), ("b", "", ANY_VERSION)}
    assert set(refusals.nogoods) == {frozenset(every | {python}) for python in ON_311}


def test_a_refusal_holds_for_the_minor_version_of_python() -> None:
    refusals = learnt(FakeUv(), resolution(A, B))
    assert {pin for nogood in refusals.nogoods for pin in nogood if pin[0] == "python"} == {*ON_311}


@pytest.mark.parametrize(
    "text", ["x-a==2, a-x, a.x and a_x clash with b", "b has no wheels", "`b`: aa"]
)
def test_names_are_whole_names(text: str) -> None:
    uv = FakeUv(answers={("b==2",): {"b": "2"}})
    learnt(uv, resolution(A, B, C), text)
    # b alone is no conflict, so the whole question is the core.
    assert uv.asked[:2] == [("b==2",), ("a==2", "b", "c")]


@pytest.mark.parametrize("text", ["A==2 and `b` clash.", "because a[x]>=1,<3 needs b.", "(a, b)"])
def test_names_are_found_however_they_stand(text: str) -> None:
    uv = FakeUv()
    learnt(uv, resolution(A, C, B), text)
    assert uv.asked[0] == ("a==2", "b==2")


def test_names_are_compared_as_indexes_do() -> None:
    uv = FakeUv()
    learnt(uv, resolution(wheel("Typing_Extensions", "4"), B, C), "typing-extensions and b clash")
    assert uv.asked[0] == ("Typing_Extensions==4", "b==2")


def test_whoever_asks_for_a_range_is_part_of_what_it_forbids() -> None:
    model = Candidate("model", Version("7"))
    uv = FakeUv(answers={("a==2", "b"): {"a": "2", "b": "1"}})
    refusals = learnt(uv, resolution(A, B, asked=["a==2"], needs=[(model, ">=2", B)]))
    pins = {("a", "", ANY_VERSION), ("b", "", ANY_VERSION), ("model", "", "7")}
    assert without_python(refusals) == {frozenset(pins)}
    assert refusals.preferred["b", ""] == "1"


def test_the_first_yields_before_whoever_asks() -> None:
    model = Candidate("model", Version("7"))
    uv = FakeUv(answers={("a<3", "b>=2"): {"a": "1", "b": "2"}, ("a<3", "b"): {"a": "2", "b": "1"}})
    refusals = learnt(uv, resolution(A, B, asked=["a<3"], needs=[(model, ">=2", B)]))
    assert refusals.preferred == {("a", ""): "1", ("b", ""): "2"}
    pins = {("a", "", "2"), ("b", "", ANY_VERSION), ("model", "", "7")}
    assert without_python(refusals) == {frozenset(pins)}


def test_whoever_asks_is_left_out_where_no_version_mends_it() -> None:
    model = Candidate("model", Version("7"))
    chosen = resolution(A, B, asked=["a==2"], needs=[(model, ">=2", B)])
    pins = {("a", "", ANY_VERSION), ("b", "", ANY_VERSION)}
    assert without_python(learnt(FakeUv(), chosen)) == {frozenset(pins)}


def test_one_with_options_may_ask_for_something_else_in_the_same_version() -> None:
    model = Candidate("model", Version("7"), (("format", "pt"),))
    uv = FakeUv()
    learnt(uv, resolution(A, B, asked=["a==2"], needs=[(model, ">=2", B)]))
    assert ("a==2", "b>=2") not in uv.asked


def test_the_range_of_a_virtual_package_is_no_range_of_its_provider() -> None:
    need = Requirement("runtime", parse_range(">=9"))
    model = Choice(Candidate("model", Version("7")), (), ((need, B),))
    chosen = resolution(A, B)
    chosen = Resolution((), chosen.target, (*chosen.choices, model))
    uv = FakeUv()
    learnt(uv, chosen)
    assert ("a==2", "b") in uv.asked


def test_extras_do_not_narrow_what_is_forbidden() -> None:
    uv = FakeUv()
    learnt(uv, resolution(A, wheel("b", "2", options=(("accel", "cuda"),))))
    assert not any("[" in line for lines in uv.asked for line in lines)


def test_another_scope_is_nobody_elses_business() -> None:
    uv = FakeUv()
    chosen = resolution(A, B, wheel("a", "1", "tool"), wheel("b", "1", "tool"), asked=["a<9"])
    refusals = learnt(uv, chosen, scope="tool")
    assert uv.asked[:2] == [("a==1", "b==1"), ("a==1", "b")]
    assert {pin[1] for nogood in refusals.nogoods for pin in nogood} == {"tool"}


def test_what_uv_cannot_decide_forbids_no_range() -> None:
    uv = FakeUv(undecided=(("a==2", "b<3"),))
    refusals = learnt(uv, resolution(A, B, asked=["a", "b<3"]))
    assert without_python(refusals) == {frozenset({("a", "", "2"), ("b", "", "2")})}
    assert refusals.preferred == {}


def test_what_uv_cannot_confirm_is_no_core() -> None:
    uv = FakeUv(undecided=(("a==2", "b==2"),))
    refusals = learnt(uv, resolution(A, B, C))
    assert all(any(pin[0] == "c" for pin in nogood) for nogood in refusals.nogoods)


def test_another_python_comes_before_other_versions_where_python_is_to_blame() -> None:
    text = "a has no wheels with a matching Python ABI tag, and b needs a"
    uv = FakeUv(text, answers={("a==2", "b"): {"a": "2", "b": "1"}})
    refusals = learnt(uv, resolution(A, B), text)
    assert refusals.preferred == {}
    assert without_python(refusals) == {frozenset({("a", "", "2"), ("b", "", "2")})}


def test_another_version_comes_where_no_python_helped() -> None:
    text = "a has no wheels with a matching Python ABI tag, and b needs a"
    refusals = Refusals(lambda: ("3.11.2",))
    for version in ("3", "2"):
        uv = FakeUv(text, answers={("a==2", "b"): {"a": "2", "b": "1"}})
        chosen = resolution(A, wheel("b", version))
        refusals.learn(ClosureConflictError(text, ()), chosen, uv)
    assert refusals.preferred["b", ""] == "1"


def test_the_same_refusal_twice_is_the_end() -> None:
    refusals, error = Refusals(), ClosureConflictError("a and b clash", ())
    refusals.learn(error, resolution(A, B), FakeUv())
    with pytest.raises(ClosureConflictError):
        refusals.learn(error, resolution(A, B), FakeUv())


def test_of_all_noes_the_one_behind_a_conflict_is_told() -> None:
    refusals = learnt(FakeUv(), resolution(A, B))
    settled = list(refusals.nogoods)
    text = "c has no wheels"
    refusals.learn(ClosureConflictError(text, ()), resolution(C), FakeUv(text))
    behind = [nogood for nogood in refusals.nogoods if nogood not in settled]
    assert str(refusals.reason(behind)).endswith(text)
    assert str(refusals.reason([*settled, *behind])).endswith("a and b clash")
    assert refusals.reason([]) is None
