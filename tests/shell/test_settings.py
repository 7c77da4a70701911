"""Shells as people set them up: strict modes, odd options, aliases."""

from __future__ import annotations

from typing import Any

import pytest

from ckpm.model.environment import AppendPath, PrependPath, SetVar, UnsetVar, apply_changes

STRICT = ["set -eu", "set -C", "IFS=:/a", "set -a", "alias export=false unset=false"]
SETTINGS = {
    "bash": [
        *STRICT,
        "set -Eeuo pipefail; trap 'echo trapped' ERR",
        "shopt -s nocasematch",
        "shopt -s extglob failglob",
        "set -o posix; set -eu",
        "shopt -s expand_aliases; alias export=false unset=false command=false emulate=false",
    ],
    "dash": STRICT,
    "ash": STRICT,
    "ksh": STRICT,
    "mksh": STRICT,
    "zsh": [
        *STRICT,
        "setopt err_exit no_unset pipe_fail",
        "setopt ksh_arrays sh_word_split glob_subst",
        "setopt rc_quotes csh_junkie_quotes",
        "setopt warn_create_global warn_nested_var",
        "setopt extended_glob nomatch no_clobber",
        "setopt csh_null_glob ignore_braces posix_builtins",
        "typeset -U path",
        "emulate sh",
        "emulate ksh",
    ],
    "fish": ["set -g fish_features all", "function cd; false; end", "set -g IFS :"],
}
USER = {
    "PATH": "/usr/bin:/bin:/Env/Bin:/env/bin",
    "TOOL": "it's",
    "GONE": "a:b c",
    "LIBS": "/l1::/l2",
}
CHANGES = (
    SetVar("TOOL", "'quoted' a:/b"),
    UnsetVar("GONE"),
    PrependPath("PATH", "/env/bin"),
    PrependPath("LIBS", "/it's a/'lib'"),
    AppendPath("LIBS", "/env/*"),
)


@pytest.mark.parametrize(
    ("name", "setting"), [(name, setting) for name, rows in SETTINGS.items() for setting in rows]
)
def test_survives_the_settings_of(
    shell_called: Any, generation: Any, name: str, setting: str
) -> None:
    shell = shell_called(name)
    outer = generation("outer", 1, *CHANGES)
    inner = generation("inner", 1, PrependPath("PATH", "/inner"), SetVar("TOOL", "inner"))
    lines = [setting, "DUMP", shell.activate(outer), "DUMP", shell.activate(inner)]
    lines += [shell.activate(outer), "DUMP", shell.deactivate, "DUMP", shell.deactivate, "DUMP"]
    before, active, again, after, idle = shell.dumps(lines, USER)
    assert active == again == apply_changes(outer.all_changes, before)
    assert after == idle == before
    edit = {"sh": 'PATH="$PATH:/later"', "fish": "set -gx PATH $PATH /later"}[shell.family]
    lines = [setting, shell.activate(outer), edit, shell.deactivate, "DUMP"]
    [edited] = shell.dumps(lines, USER)
    # An entry that was there before is not ours to take away.
    assert edited == {**before, "PATH": "/env/bin:/usr/bin:/bin:/Env/Bin:/later"}
