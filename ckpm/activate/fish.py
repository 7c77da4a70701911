"""fish 3 and later: ``activate.fish``.

fish keeps search paths as lists: a variable whose name ends in ``PATH`` is split at colons when
it is set and joined again in double quotes. Others are plain text, so each search path is taken
through a local ``--path`` variable, which makes both kinds look alike without a command
substitution. Only global scope is touched: universal variables belong to every session.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckpm.activate.template import fill

# What a helper means never changes, as in ``posix``: scripts of several releases share it.
_SCRIPT = """# Written by ckpm: source this file, do not edit it. It starts no program.

function ckpm_deactivate --description 'Leave the innermost ckpm environment'
    if set -q _CKPM_ACTIVE[1]
        set -l top $_CKPM_ACTIVE[1]
        set -e _CKPM_ACTIVE[1]
        if functions -q _ckpm_undo_$top
            _ckpm_undo_$top
            functions -e _ckpm_undo_$top
        end
    end
end

# _ckpm_without TEXT ENTRY...: sets the list _ckpm_list to the search path TEXT without the entries.
function _ckpm_without
    set -l --path entries "$argv[1]"
    set -g _ckpm_list
    for entry in $entries
        if test -n "$entry"; and not contains -- "$entry" $argv[2..-1]
            set -a _ckpm_list "$entry"
        end
    end
end

# _ckpm_without_new TEXT OLD ENTRY...: the same, but keeps entries that the search path OLD holds.
function _ckpm_without_new
    set -l --path before "$argv[2]"
    set -l gone
    for entry in $argv[3..-1]
        if not contains -- "$entry" $before
            set -a gone "$entry"
        end
    end
    _ckpm_without "$argv[1]" $gone
end

while contains -- @key@ $_CKPM_ACTIVE
    ckpm_deactivate
end

function _ckpm_do_@key@
@do@    set -gu _CKPM_ACTIVE @key@ $_CKPM_ACTIVE
end

function _ckpm_undo_@key@
@undo@end

_ckpm_do_@key@
functions -e _ckpm_do_@key@
"""

_SAVE = """\
    set -eg @old@
    if set -qg @name@
        set -gu @old@ $@name@
    end
"""

_RESTORE = """\
        if set -qg @old@
            set -gx @name@ $@old@
        else
            set -eg @name@
        end
"""

_UNDO = """\
    if @unchanged@
@restore@    end
    set -eg @old@
"""

_EDIT = """\
    _ckpm_without "$@name@" @entries@
    set -l --path value @front@$_ckpm_list@back@
    set -gx @name@ "$value"
    set -gu @new@ "$@name@"
    set -eg _ckpm_list
"""

_UNDO_EDIT = """\
    if set -qg @name@; and test "x$@name@" = "x$@new@"
@restore@    else if set -qg @name@
        _ckpm_without_new "$@name@" "$@old@" @entries@
        if set -q _ckpm_list[1]; or set -qg @old@
            set -l --path value $_ckpm_list
            set -gx @name@ "$value"
        else
            set -eg @name@
        end
        set -eg _ckpm_list
    end
    set -eg @old@
    set -eg @new@
"""


_RESERVED = """
_ FISH_VERSION IFS PWD SHLVL argv fish_kill_signal fish_killring fish_pid history hostname
pipestatus status status_generation umask version
"""


def _quote(text: str) -> str:
    # Unlike POSIX shells, fish reads `\\` and `\'` inside single quotes. A newline goes outside
    # of them, because `eval (ckpm activate)` reads one line.
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "'\\n'")
    return f"'{text}'"


class Fish:
    """fish 3 and later."""

    names: tuple[str, ...] = ("fish",)
    script_file = "activate.fish"
    separator = ":"
    reserved = frozenset(_RESERVED.split())
    refusal = "echo 'ckpm: MESSAGE' >&2\nreturn 1\n"
    deactivate = "if functions -q ckpm_deactivate; ckpm_deactivate; end"

    def objection(self, value: str) -> str | None:
        return "NUL" if "\0" in value else None

    def assign(self, key: str, name: str, value: str | None) -> tuple[str, str]:
        old = f"_CKPM_{key}_OLD_{name}"
        save = fill(_SAVE, name=name, old=old)
        restore = fill(_RESTORE, name=name, old=old)
        if value is None:
            do, unchanged = f"    set -eg {name}\n", f"not set -qg {name}"
        else:
            do = f"    set -gx {name} {_quote(value)}\n"
            unchanged = f'set -qg {name}; and test "x${name}" = x{_quote(value)}'
        return save + do, fill(_UNDO, old=old, restore=restore, unchanged=unchanged)

    def edit(
        self, key: str, name: str, front: Sequence[str], back: Sequence[str]
    ) -> tuple[str, str]:
        names = {"name": name, "old": f"_CKPM_{key}_OLD_{name}", "new": f"_CKPM_{key}_NEW_{name}"}
        entries = " ".join(_quote(entry) for entry in (*front, *back))
        around = {
            "front": "".join(f"{_quote(entry)} " for entry in front),
            "back": "".join(f" {_quote(entry)}" for entry in back),
        }
        save = fill(_SAVE, name=name, old=names["old"])
        restore = fill(_RESTORE, name=name, old=names["old"])
        return (
            save + fill(_EDIT, entries=entries, **around, **names),
            fill(_UNDO_EDIT, entries=entries, restore=restore, **names),
        )

    def script(self, key: str, steps: Sequence[tuple[str, str]]) -> str:
        do = "".join(step[0] for step in steps)
        undo = "".join(step[1] for step in reversed(steps))
        return fill(_SCRIPT, key=key, do=do, undo=undo)

    def activate_command(self, directory: str) -> str:
        return f"source {_quote(f'{directory}/{self.script_file}')}"
