"""A refusal leaves with what would help, each tried; and what trying may cost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.errors import CkpmError, UnsatisfiableError
from ckpm.model.lock import Closure
from ckpm.model.recipe import Source
from ckpm.model.refusals import ClosureConflictError, ClosureUndecidedError
from ckpm.model.requirement import Requirement, parse_requirement, read_requirements
from ckpm.model.resolution import Candidate, Choice, Resolution
from ckpm.model.version import Version
from ckpm.plan import Deciding, Refusals
from ckpm.plan.remedies import MAX_TRIES, remedies

ASKED = read_requirements(["a>=2", "b>=2", "c"], "the request")
NEWEST = {"a": "2", "b": "3", "c": "1"}


def chosen(asked: Sequence[Requirement]) -> Resolution:
    pypi = Source("pypi")
    found = [Candidate(r.package, Version(NEWEST[r.package]), source=pypi) for r in asked]
    return Resolution(
        tuple(asked), known_platforms()["linux-x86_64"], tuple(Choice(c) for c in found)
    )


class Solver:
    """Proposes, until refusals leave nothing; ``a>=2`` and ``b>=2`` clash. Counts proposals."""

    def __init__(self, fault: CkpmError | None = None) -> None:
        self.fault = fault
        self.proposals = 0

    def propose(self, asked: Sequence[Requirement], refusals: Refusals) -> Resolution:
        self.proposals += 1
        if refusals.nogoods:
            told = [{"verb": "asks for", "asks": str(r)} for r in asked if r.package != "c"]
            raise UnsatisfiableError([], conflict=told, nogoods=refusals.nogoods)
        return chosen(asked)

    def settle(self, proposal: Resolution) -> None:
        names = {r.package for r in proposal.requirements if r.range.clauses}
        if {"a", "b"} <= names:
            raise ClosureConflictError("a and b clash", ["a", "b"])
        if self.fault is not None and proposal.requirements != tuple(ASKED):
            raise self.fault

    def close(self, scope: str, lines: Sequence[str], indexes: Sequence[str]) -> Closure:
        raise ClosureConflictError("a and b clash", lines)

    def refusal(self) -> ClosureConflictError:
        deciding = Deciding(
            ASKED, Refusals(), self.propose, lambda _: self.close, self.settle, lambda *_: None
        )
        with pytest.raises(ClosureConflictError) as caught:
            deciding.until(self.settle)
        return caught.value


def test_what_would_help_is_said_and_nothing_else() -> None:
    error = Solver().refusal()
    assert error.text == "a and b clash"
    assert error.hints == ("`a==2` would work here", "`b==3` would work here")
    assert [remedy.about for remedy in error.remedies] == ["a>=2", "b>=2"]


@pytest.mark.parametrize(
    "fault", [ClosureUndecidedError("metadata is missing"), ClosureConflictError("still no", [])]
)
def test_what_nobody_can_vouch_for_is_not_said(fault: CkpmError) -> None:
    solver = Solver(fault)
    error = solver.refusal()
    assert (error.text, error.hints) == ("a and b clash", ())
    assert 3 <= solver.proposals < 30


def test_where_no_version_helps_something_has_to_go() -> None:
    def attempt(asked: Sequence[Requirement]) -> Resolution | None:
        return chosen(asked) if len(asked) == 2 else None

    found = remedies(ASKED, ASKED[:2], attempt)
    assert [r.text for r in found] == [
        "the rest works without `a>=2`", "the rest works without `b>=2`"
    ]  # fmt: skip


def test_only_so_many_are_tried() -> None:
    asked = [parse_requirement(f"p{number}>=1") for number in range(20)]
    tried = []
    assert remedies(asked, asked, tried.append) == []
    assert len(tried) == 2 * MAX_TRIES


def test_of_what_stands_in_for_another_nothing_is_said() -> None:
    virtual = [parse_requirement("blas>=3")]
    stand_in = chosen(read_requirements(["a"], "the request"))
    assert remedies(virtual, virtual, lambda _: stand_in) == []
