"""bash, zsh, dash and other POSIX shells: one script, ``activate.sh``.

The script is sourced into shells that people have set up to their taste, so it leans on nothing:
no word is split or globbed (``IFS``, ``nomatch``), no status is left unread (``set -e``), no unset
variable is read (``set -u``), names that people alias start with a backslash, and zsh plays
POSIX while our functions run. ``case`` and ``[[`` are kept away from loops that must make
progress, because bash's ``nocasematch`` changes what they match.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckpm.activate.template import fill

# A shell may hold scripts that several releases of ckpm wrote, and the last one sourced defines
# these helpers for all of them: what a helper means never changes, a new meaning gets a new name.
_HELPERS = r"""# Written by ckpm: source this file, do not edit it. It starts no program.

ckpm_deactivate() {
    if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
    _ckpm_top=${_CKPM_ACTIVE-}
    _ckpm_top=${_ckpm_top%% *}
    if [ -n "$_ckpm_top" ]; then
        _CKPM_ACTIVE=${_CKPM_ACTIVE#* }
        if \command -v "_ckpm_undo_$_ckpm_top" >/dev/null 2>&1; then
            "_ckpm_undo_$_ckpm_top"
            \unset -f "_ckpm_undo_$_ckpm_top"
        fi
    fi
    \unset _ckpm_top
}

# _ckpm_drop ENTRY: takes every ENTRY out of $_ckpm_list, which looks like `:a:b:`.
_ckpm_drop() {
    while :; do
        _ckpm_head=${_ckpm_list%%":$1:"*}
        if [ "x$_ckpm_head" = "x$_ckpm_list" ]; then break; fi
        _ckpm_list=${_ckpm_head}:${_ckpm_list#*":$1:"}
    done
    \unset _ckpm_head
}

# _ckpm_drop_new OLD ENTRY: the same, unless the search path OLD held ENTRY.
_ckpm_drop_new() {
    _ckpm_old=:$1:
    _ckpm_tail=${_ckpm_old#*":$2:"}
    if [ "x$_ckpm_tail" = "x$_ckpm_old" ]; then _ckpm_drop "$2"; fi
    \unset _ckpm_old _ckpm_tail
}

# _ckpm_trim: turns `:a::b:` into `a:b`.
_ckpm_trim() {
    _ckpm_drop ''
    _ckpm_list=${_ckpm_list#:}
    _ckpm_list=${_ckpm_list%:}
}

while :; do
    case " ${_CKPM_ACTIVE-} " in *" @key@ "*) ckpm_deactivate ;; *) break ;; esac
done

_ckpm_do_@key@() {
    if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
@do@    _CKPM_ACTIVE="@key@ ${_CKPM_ACTIVE-}"
}

_ckpm_undo_@key@() {
    if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
@undo@    \unset _ckpm_list
}

_ckpm_do_@key@
\unset -f _ckpm_do_@key@
"""

# What a variable was is kept as `x` and its value, or as nothing where it was unset.
_SAVE = """\
    @old@=${@name@+x}${@name@-}
"""

_RESTORE = """\
        if [ -n "$@old@" ]; then \\export @name@="${@old@#x}"; else \\unset @name@; fi
"""

_UNDO = """\
    if [ "${@name@+x}${@name@-}" = @now@ ]; then
@restore@    fi
    \\unset @old@
"""

_EDIT = """\
    _ckpm_list=:${@name@-}:
@drops@    _ckpm_trim
@joins@    \\export @name@="$_ckpm_list"
    @new@=$@name@
    \\unset _ckpm_list
"""

_UNDO_EDIT = """\
    if [ "${@name@+x}${@name@-}" = "x$@new@" ]; then
@restore@    elif [ -n "${@name@+x}" ]; then
        _ckpm_list=:${@name@}:
@drops@        _ckpm_trim
        if [ -n "$_ckpm_list$@old@" ]; then @name@=$_ckpm_list; else \\unset @name@; fi
    fi
    \\unset @old@ @new@
"""


# Read-only or special in one of these shells; zsh ties lower-case arrays to search paths.
_RESERVED = """
_ BASHOPTS BASH_VERSINFO EGID EUID GID HISTCMD IFS LINENO OPTIND PPID SECONDS SHELLOPTS UID USERNAME
ZSH_SUBSHELL ZSH_VERSION argv aliases cdpath commands fignore fpath functions history mailpath
manpath module_path options parameters path pipestatus prompt psvar signals status watch
"""


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


class Posix:
    """bash, zsh, dash, busybox ash, ksh93 and mksh."""

    names: tuple[str, ...] = ("sh", "bash", "zsh", "dash", "ash", "ksh", "mksh")
    script_file = "activate.sh"
    separator = ":"
    reserved = frozenset(_RESERVED.split())
    refusal = "printf '%s\\n' 'ckpm: MESSAGE' >&2\nreturn 1\n"
    deactivate = r"if \command -v ckpm_deactivate >/dev/null 2>&1; then ckpm_deactivate; fi"

    def objection(self, value: str) -> str | None:
        return "NUL" if "\0" in value else None

    def assign(self, key: str, name: str, value: str | None) -> tuple[str, str]:
        old = f"_CKPM_{key}_OLD_{name}"
        save = fill(_SAVE, name=name, old=old)
        restore = fill(_RESTORE, name=name, old=old)
        if value is None:
            do, now = f"    \\unset {name}\n", "''"
        else:
            do, now = f"    \\export {name}={_quote(value)}\n", f"x{_quote(value)}"
        return save + do, fill(_UNDO, name=name, old=old, now=now, restore=restore)

    def edit(
        self, key: str, name: str, front: Sequence[str], back: Sequence[str]
    ) -> tuple[str, str]:
        entries = [_quote(entry) for entry in (*front, *back)]
        names = {"name": name, "old": f"_CKPM_{key}_OLD_{name}", "new": f"_CKPM_{key}_NEW_{name}"}
        drops = "".join(f"    _ckpm_drop {entry}\n" for entry in entries)
        old = f'"${{{names["old"]}#x}}"'
        undo_drops = "".join(f"        _ckpm_drop_new {old} {entry}\n" for entry in entries)
        save = fill(_SAVE, name=name, old=names["old"])
        restore = fill(_RESTORE, name=name, old=names["old"])
        return (
            save + fill(_EDIT, drops=drops, joins=_joins(front, back), **names),
            fill(_UNDO_EDIT, drops=undo_drops, restore=restore, **names),
        )

    def script(self, key: str, steps: Sequence[tuple[str, str]]) -> str:
        do = "".join(step[0] for step in steps)
        undo = "".join(step[1] for step in reversed(steps))
        return fill(_HELPERS, key=key, do=do, undo=undo)

    def activate_command(self, directory: str) -> str:
        return f". {_quote(f'{directory}/{self.script_file}')}"


def _joins(front: Sequence[str], back: Sequence[str]) -> str:
    text = ""
    if front:
        text += f"    _ckpm_list={_quote(':'.join(front))}${{_ckpm_list:+:}}$_ckpm_list\n"
    if back:
        text += f"    _ckpm_list=$_ckpm_list${{_ckpm_list:+:}}{_quote(':'.join(back))}\n"
    return text
