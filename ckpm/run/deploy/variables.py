"""An environment's variables where it lies somewhere else, and the script that sets them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import assert_never

from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar

ROOT = "{root}"
"""Stands for the directory of the deployment in the value of a change."""

_HEAD = """\
# Written by ckpm. Source this file in the directory where it lies; bash may be elsewhere.
_ckpm_root=${BASH_SOURCE-}
case $_ckpm_root in */*) _ckpm_root=${_ckpm_root%/*} ;; *) _ckpm_root=. ;; esac
_ckpm_root=$(CDPATH= cd -- "$_ckpm_root" && pwd)
if [ ! -f "$_ckpm_root/manifest.json" ]; then
    echo "ckpm: go to the directory of activate.sh, and source ./activate.sh there" >&2
    return 1
fi
"""


def moved(
    changes: Iterable[EnvChange], generation: str
) -> tuple[tuple[EnvChange, ...], tuple[str, ...]]:
    """Return the changes with ``ROOT`` for the generation's directory, and what stays behind.

    Other absolute paths are this machine's, and mean nothing elsewhere: the second value names the
    variables.
    """
    place = re.compile(re.escape(generation) + r"(?![^/:;,\s\"'])")
    kept: list[EnvChange] = []
    left: list[str] = []
    for change in changes:
        if isinstance(change, UnsetVar):
            kept.append(change)
            continue
        value = place.sub(ROOT, change.value)
        if value.startswith("/"):
            left.append(change.name)
        else:
            kept.append(type(change)(change.name, value))
    return tuple(kept), tuple(dict.fromkeys(left))


def activation(changes: Iterable[EnvChange]) -> str:
    """Return ``activate.sh``: for any POSIX shell, without a path of either machine."""
    return _HEAD + "".join(f"{_line(change)}\n" for change in changes) + "unset _ckpm_root\n"


def _line(change: EnvChange) -> str:
    match change:
        case SetVar(name, value):
            return f"export {name}={_quoted(value)}"
        case UnsetVar(name):
            return f"unset {name}"
        case PrependPath(name, value):
            return f'export {name}={_quoted(value)}"${{{name}:+:${name}}}"'
        case AppendPath(name, value):
            return f'export {name}="${{{name}:+${name}:}}"{_quoted(value)}'
        case _:
            assert_never(change)


def _quoted(value: str) -> str:
    parts = (shlex.quote(part) if part else "" for part in value.split(ROOT))
    return '"$_ckpm_root"'.join(parts) or "''"
