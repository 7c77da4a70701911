"""What a sequence of changes amounts to, one effect for each variable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from ckpm.model.environment import (
    AppendPath,
    EnvChange,
    PrependPath,
    SetVar,
    UnsetVar,
    apply_changes,
)


@dataclass(frozen=True, slots=True)
class Assign:
    """Give a variable one value whatever it was; ``None`` takes the variable away."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Edit:
    """Surround a search path with entries, which are taken from where they stood before."""

    name: str
    front: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


Effect = Assign | Edit


def net_effects(changes: Iterable[EnvChange], separator: str) -> tuple[Effect, ...]:
    """Return one effect for each variable, in the order in which the variables are first named."""
    effects: dict[str, Effect] = {}
    for change in changes:
        effects[change.name] = _after(effects.get(change.name), change, separator)
    return tuple(effects.values())


def _after(before: Effect | None, change: EnvChange, separator: str) -> Effect:
    match change:
        case SetVar(name, value):
            return Assign(name, value)
        case UnsetVar(name):
            return Assign(name, None)
        case PrependPath() | AppendPath():
            if isinstance(before, Assign):
                return _extended(before, change, separator)
            return _surrounded(before or Edit(change.name), change)
        case _:
            assert_never(change)


def _extended(before: Assign, change: PrependPath | AppendPath, separator: str) -> Assign:
    known = {} if before.value is None else {before.name: before.value}
    return Assign(before.name, apply_changes([change], known, separator)[before.name])


def _surrounded(before: Edit, change: PrependPath | AppendPath) -> Edit:
    front = tuple(entry for entry in before.front if entry != change.value)
    back = tuple(entry for entry in before.back if entry != change.value)
    if isinstance(change, PrependPath):
        return Edit(before.name, (change.value, *front), back)
    return Edit(before.name, front, (*back, change.value))
