"""What an environment's variables will be, from its packages' recipes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckpm.model.environment import (
    OWN_PYTHON,
    AppendPath,
    EnvChange,
    PrependPath,
    SetVar,
    UnsetVar,
)
from ckpm.model.lock import Closure, LockedPackage
from ckpm.model.placeholders import fill, variable_prefix
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Placed:
    """A package and where it is or will be; ``in_store`` ones get a link in the generation.

    ``changes`` are those of the environment module that a detected one comes by.
    """

    package: LockedPackage
    recipe: Recipe | None
    prefix: str
    in_store: bool
    changes: tuple[EnvChange, ...] = ()

    @property
    def variant(self) -> str:
        """What tells it from another variant of the same package; empty where there can be none."""
        names = self.recipe.coexist if self.recipe else ()
        return "-".join(value for name, value in self.package.options if name in names)

    @property
    def link(self) -> str:
        """The name of its link in the generation."""
        return f"{self.package.name}-{self.variant}" if self.variant else self.package.name


def environment_changes(
    placed: Sequence[Placed], target: Platform, build: Platform, closure: Closure | None
) -> tuple[EnvChange, ...]:
    """Return the changes in order; ``{generation}`` stands for the generation's own directory.

    A cross environment puts no foreign executables on ``PATH``.
    """
    native = target.name == build.name
    changes: list[EnvChange] = []
    if native and (closure is not None or any(p.package.name == "python" for p in placed)):
        changes += OWN_PYTHON
    if closure is not None and native:
        changes.append(SetVar("VIRTUAL_ENV", "{generation}/venv"))
        changes.append(PrependPath("PATH", "{generation}/venv/bin"))
    seen: set[str] = set()
    for item in placed:
        plain = item.package.name not in seen
        changes += item.changes if native else ()
        changes += _own_variables(item, plain=plain)
        changes += _recipe_changes(item, target, native=native, plain=plain)
        seen.add(item.package.name)
    return tuple(changes)


def _own_variables(item: Placed, *, plain: bool) -> Iterator[EnvChange]:
    prefix = _visible_prefix(item)
    own = variable_prefix(item.package.name)
    if prefix:
        for name in _variant_names(item, f"{own}_ROOT", plain=plain):
            yield SetVar(name, prefix)
    for name in _variant_names(item, f"{own}_VERSION", plain=plain):
        yield SetVar(name, item.package.version)


def _variant_names(item: Placed, name: str, *, plain: bool) -> list[str]:
    """Variants beside each other set variables of their own; the first, the plain too."""
    own = variable_prefix(item.package.name)
    names = [name] if plain else []
    if item.variant and name.startswith(f"{own}_"):
        variant = re.sub("[^A-Z0-9]", "_", item.variant.upper())
        names.append(f"{own}_{variant}{name.removeprefix(own)}")
    return names


def _recipe_changes(
    item: Placed, target: Platform, *, native: bool, plain: bool
) -> Iterator[EnvChange]:
    options = dict(item.package.options)
    values = {
        "prefix": _visible_prefix(item),
        "version": item.package.version,
        "target": target.name,
        "target.triple": target.triple,
        "target.abi": target.abi or "",
        "generation": "{generation}",
    }
    for rule in item.recipe.env if item.recipe else ():
        if not rule.when.holds(options, target):
            continue
        match rule.change:
            case SetVar(name, value):
                for variable in _variant_names(item, name, plain=plain):
                    yield SetVar(variable, fill(value, values))
            case UnsetVar():
                yield rule.change
            case PrependPath(name, value) if native or name != "PATH":
                yield PrependPath(name, fill(value, values))
            case AppendPath(name, value) if native or name != "PATH":
                yield AppendPath(name, fill(value, values))


def _visible_prefix(item: Placed) -> str:
    return f"{{generation}}/packages/{item.link}" if item.in_store else item.prefix
