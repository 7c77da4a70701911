"""Stepping into and out of environments, in every shell."""

from __future__ import annotations

from typing import Any

import pytest

from ckpm.activate.activation import Activation
from ckpm.model.environment import (
    AppendPath,
    PrependPath,
    SetVar,
    UnsetVar,
    apply_changes,
)

USER = {"PATH": "/usr/bin:/bin", "TOOL": "mine", "GONE": "here", "LIBS": "/l1:/l2"}
CHANGES = (
    SetVar("TOOL", "ours"),
    SetVar("FRESH", "new"),
    UnsetVar("GONE"),
    UnsetVar("NEVER"),
    PrependPath("PATH", "/env/bin"),
    PrependPath("LIBS", "/env/lib"),
    AppendPath("LIBS", "/env/lib64"),
    PrependPath("NEW_PATH", "/env/share"),
)


def expected(activation: Activation, before: dict[str, str]) -> dict[str, str]:
    return apply_changes(activation.all_changes, before)


def test_applies_every_change_and_takes_all_of_it_back(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    before, active, after = shell.dumps(
        ["DUMP", shell.activate(demo), "DUMP", shell.deactivate, "DUMP"], USER
    )
    assert active == expected(demo, before)
    assert after == before


@pytest.mark.parametrize("path", ["", "/a::/b:", ":", "/env/bin:/a:/env/bin", "/a:/env/lib64:/a"])
@pytest.mark.parametrize("name", ["LIBS", "X_PATH"])
def test_leaves_no_empty_entry_and_moves_an_entry_that_is_there(
    shell: Any, generation: Any, name: str, path: str
) -> None:
    demo = generation(
        "demo", 1, PrependPath(name, "/env/bin"), PrependPath(name, "/e2"), AppendPath(name, "/e3")
    )
    before, active, after = shell.dumps(
        ["DUMP", shell.activate(demo), "DUMP", shell.deactivate, "DUMP"],
        {"PATH": "/usr/bin:/bin", name: path},
    )
    assert active == expected(demo, before)
    assert "" not in active[name].split(":")
    assert after == before


@pytest.mark.parametrize("environ", [{}, {"PATH": ""}], ids=["unset", "empty"])
def test_path_that_was_unset_or_empty_becomes_so_again(
    shell: Any, generation: Any, environ: dict[str, str]
) -> None:
    demo = generation("demo", 1, PrependPath("PATH", "/env/bin"))
    lines = ["DUMP", shell.activate(demo), "DUMP", shell.deactivate, "DUMP"]
    before, active, after = shell.dumps(lines, environ)
    ours = active.pop("PATH").split(":")
    assert ours[0] == "/env/bin"
    assert "" not in ours
    if "PATH" not in before:
        # A shell that fell back on a PATH of its own exports it from now on.
        after.pop("PATH", None)
    assert after == before


def test_nested_environments_come_off_one_by_one(shell: Any, generation: Any) -> None:
    shared = PrependPath("PATH", "/store/shared/bin")
    outer = generation("outer", 1, SetVar("TOOL", "outer"), shared, PrependPath("PATH", "/outer"))
    inner = generation("inner", 1, SetVar("TOOL", "inner"), shared, UnsetVar("LIBS"))
    lines = ["DUMP", shell.activate(outer), "DUMP", shell.activate(inner), "DUMP"]
    lines += [shell.deactivate, "DUMP", shell.deactivate, "DUMP", shell.deactivate, "DUMP"]
    before, in_outer, in_inner, outer_again, after, idle = shell.dumps(lines, USER)
    assert in_inner == expected(inner, in_outer)
    assert in_inner["CKPM_STACK"] == f"{inner.directory}:{outer.directory}"
    assert outer_again == in_outer
    assert after == idle == before


def test_leaving_the_inner_one_keeps_entries_that_both_share(shell: Any, generation: Any) -> None:
    shared = PrependPath("PATH", "/store/shared/bin")
    outer, inner = generation("outer", 1, shared), generation("inner", 1, shared)
    edit = {"sh": 'PATH="/user:$PATH"', "fish": "set -gx PATH /user $PATH"}[shell.family]
    lines = [shell.activate(outer), shell.activate(inner), edit, shell.deactivate, "DUMP"]
    [again] = shell.dumps(lines, USER)
    assert again["PATH"] == "/user:/store/shared/bin:/usr/bin:/bin"


def test_activating_twice_is_once(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    lines = ["DUMP", shell.activate(demo), "DUMP", shell.activate(demo), "DUMP"]
    before, once, twice, after = shell.dumps([*lines, shell.deactivate, "DUMP"], USER)
    assert twice == once
    assert after == before


def test_another_generation_replaces_the_old_one(shell: Any, generation: Any) -> None:
    old = generation("demo", 1, *CHANGES, SetVar("OLD_ONLY", "x"), PrependPath("PATH", "/old/bin"))
    new = generation("demo", 2, SetVar("TOOL", "newer"), PrependPath("PATH", "/new/bin"))
    lines = ["DUMP", shell.activate(old), shell.activate(new), "DUMP", shell.deactivate, "DUMP"]
    before, active, after = shell.dumps(lines, USER)
    assert active == expected(new, before)
    assert after == before


def test_going_back_to_an_outer_one_leaves_the_inner_ones(shell: Any, generation: Any) -> None:
    outer, inner = generation("outer", 1, *CHANGES), generation("inner", 1, *CHANGES)
    lines = ["DUMP", shell.activate(outer), "DUMP", shell.activate(inner)]
    lines += [shell.activate(outer), "DUMP", shell.deactivate, "DUMP"]
    before, in_outer, again, after = shell.dumps(lines, USER)
    assert again == in_outer
    assert after == before


def test_later_edits_by_the_user_survive(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    edits = {
        "sh": 'PATH="/user/bin:$PATH:/user/last"; LIBS="$LIBS:/l3"; TOOL=edited; unset FRESH;'
        " GONE=back; export GONE",
        "fish": "set -gx PATH /user/bin $PATH /user/last; set -gx LIBS $LIBS:/l3;"
        " set -gx TOOL edited; set -e FRESH; set -gx GONE back",
    }[shell.family]
    lines = ["DUMP", shell.activate(demo), edits, shell.deactivate, "DUMP"]
    before, after = shell.dumps(lines, USER)
    assert after == {
        **before,
        "PATH": "/user/bin:/usr/bin:/bin:/user/last",
        "LIBS": "/l1:/l2:/l3",
        "TOOL": "edited",
        "GONE": "back",
    }


def test_a_search_path_that_only_we_filled_is_unset_again(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, PrependPath("LIBS", "/a"), PrependPath("LIBS", "/b"))
    edit = {"sh": "LIBS=/a:/b", "fish": "set -gx LIBS /a:/b"}[shell.family]
    lines = ["DUMP", shell.activate(demo), edit, shell.deactivate, "DUMP"]
    before, after = shell.dumps(lines, {"PATH": "/bin"})
    assert after == before


def test_leaving_where_nothing_is_active_does_nothing(shell: Any) -> None:
    before, after = shell.dumps(["DUMP", shell.deactivate, "DUMP"], USER)
    assert after == before


def test_a_child_shell_can_step_in_by_itself(shell: Any, generation: Any) -> None:
    """The child inherits variables, but neither functions nor what was there before."""
    demo = generation("demo", 1, *CHANGES)
    first, *_ = shell.dumps([shell.activate(demo), "DUMP"], USER)
    lines = [shell.deactivate, shell.activate(demo), "DUMP", shell.deactivate, "DUMP"]
    active, after = shell.dumps(lines, first)
    assert active == first
    assert after == first


def test_state_of_a_shell_that_exported_it_does_no_harm(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    key = demo.key
    inherited = {**USER, "_CKPM_ACTIVE": f"{key} nonsense", f"_CKPM_{key}_OLD_FRESH": "stale"}
    lines = ["DUMP", shell.activate(demo), shell.deactivate, shell.deactivate, "DUMP"]
    before, after = shell.dumps(lines, inherited)
    assert after == before


def test_starts_no_program(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    lines = [shell.activate(demo), "DUMP", shell.deactivate, "DUMP"]
    active, _ = shell.dumps(lines, {**USER, "PATH": "/nonexistent"})
    assert active["TOOL"] == "ours"


def test_child_processes_see_none_of_our_bookkeeping(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    done = shell.run([shell.activate(demo), "/usr/bin/env"], USER)
    assert "CKPM_ENV=demo" in done.stdout.splitlines()
    assert "_CKPM" not in done.stdout.upper().replace("\nCKPM", "")
