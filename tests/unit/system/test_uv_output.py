"""Which endings of uv are a no; its words are copied from real runs."""

from __future__ import annotations

import pytest

from ckpm.errors import CkpmError
from ckpm.model.refusals import ClosureConflictError, ClosureUndecidedError, UnreachableError
from ckpm.system.process import Completed
from ckpm.system.uv_output import verdict

SAYS_NO = "error: No solution found when resolving dependencies\n  cause: "


@pytest.mark.parametrize(
    ("code", "text", "meaning"),
    [
        (1, SAYS_NO + "Because b depends on c<2 and you require b, we can conclude that your "
         "requirements are unsatisfiable.", ClosureConflictError),
        (1, SAYS_NO + "Because x was not found in the package registry and you require x==1, we "
         "can conclude that your requirements are unsatisfiable.", ClosureConflictError),
        (1, SAYS_NO + "Because p==2 has no usable wheels and you require p==2, we can conclude "
         "that your requirements are unsatisfiable.\n\nhint: Wheels are required for `p` because "
         "building from source is disabled for all packages (i.e., with `--no-build`)",
         ClosureConflictError),
        (1, SAYS_NO + "Because t==2 needs to be downloaded from a registry and you require t==2, "
         "we can conclude that your requirements are unsatisfiable.", ClosureUndecidedError),
        (1, SAYS_NO + "Because t was not found in the\n         cache and you require t, we can "
         "conclude that your requirements are unsatisfiable.", ClosureUndecidedError),
        (1, SAYS_NO + "Because all versions of t have invalid metadata and you require t, we can "
         "conclude that your requirements are unsatisfiable.", ClosureUndecidedError),
        (2, SAYS_NO + "Because b depends on c", ClosureUndecidedError),
        (2, "error: Request failed after 3 retries\n  cause: Failed to fetch: x", UnreachableError),
        (2, "error: Network connectivity is disabled, but the requested data wasn't found",
         UnreachableError),
        (1, "error: Distribution not found at: file:///tmp/x", ClosureUndecidedError),
        (139, "", ClosureUndecidedError),
    ],
)  # fmt: skip
def test_only_the_solvers_no_is_a_no(code: int, text: str, meaning: type[CkpmError]) -> None:
    assert type(verdict(Completed(code, "", text), ["t"], "")) is meaning


def test_a_flag_that_is_none_of_ours_is_not_told() -> None:
    hint = (
        "hint: Wheels are required for `p-q` because\n      building from source is disabled for "
        "all packages (i.e., with\n      `--no-build`)"
    )
    error = verdict(Completed(1, "", f"{SAYS_NO}Because b needs p-q\n\n{hint}"), ["b"], "")
    assert isinstance(error, ClosureConflictError)
    assert error.text.splitlines() == [
        "Because b needs p-q", "`p-q` has source archives only, and ckpm installs wheels"
    ]  # fmt: skip


def test_the_explanation_stands_alone() -> None:
    text = f"{SAYS_NO}Because b depends on one of:\n             c<2\n\n         And because"
    error = verdict(Completed(1, "", text), ["b"], "tools")
    assert isinstance(error, ClosureConflictError)
    assert error.text == "Because b depends on one of:\nc<2\nAnd because"
    assert error.scope == "tools"
