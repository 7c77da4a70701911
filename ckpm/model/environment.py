"""Environment changes: values that a shell, a program or an export plays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

RESERVED = ("CKPM_ENV", "CKPM_ENV_DIR", "CKPM_TARGET", "CKPM_STACK", "CKPM_STORE")


@dataclass(frozen=True)
class SetVar:
    """Give a variable one value."""

    name: str
    value: str


@dataclass(frozen=True)
class UnsetVar:
    """Take a variable away."""

    name: str


@dataclass(frozen=True)
class PrependPath:
    """Put one entry at the front of a search path."""

    name: str
    value: str


@dataclass(frozen=True)
class AppendPath:
    """Put one entry at the end of a search path."""

    name: str
    value: str


EnvChange = SetVar | UnsetVar | PrependPath | AppendPath

# What decides which code a Python loads, whichever Python it was set for. `PYTHONSTARTUP` and its
# like stay: they are a person's own, and no program is another one by them.
OWN_PYTHON = tuple(
    UnsetVar(name)
    for name in (
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONPLATLIBDIR",
        "PYTHONEXECUTABLE",
        "__PYVENV_LAUNCHER__",
    )
)


def change_text(change: EnvChange) -> str:
    """Return a change as one line: ``NAME=value``, ``-NAME``, ``NAME+=front``, ``NAME=+back``."""
    match change:
        case SetVar(name, value):
            return f"{name}={value}"
        case UnsetVar(name):
            return f"-{name}"
        case PrependPath(name, value):
            return f"{name}+={value}"
        case AppendPath(name, value):
            return f"{name}=+{value}"


def apply_changes(
    changes: Iterable[EnvChange], environ: Mapping[str, str], separator: str = ":"
) -> dict[str, str]:
    """Return what a program started with these changes sees; no empty path entry."""
    result = dict(environ)
    for change in changes:
        match change:
            case SetVar(name, value):
                result[name] = value
            case UnsetVar(name):
                result.pop(name, None)
            case PrependPath(name, value):
                result[name] = separator.join([value, *_others(result, name, value, separator)])
            case AppendPath(name, value):
                result[name] = separator.join([*_others(result, name, value, separator), value])
            case _:
                assert_never(change)
    return result


def _others(environ: Mapping[str, str], name: str, entry: str, separator: str) -> list[str]:
    return [part for part in environ.get(name, "").split(separator) if part and part != entry]
