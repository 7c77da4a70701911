"""The world: everything that a resolution depends on, as plain values and questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe, Source
from ckpm.model.resolution import DETECTED_FIRST, Preferences, Release
from ckpm.model.scopes import TARGET_SCOPE, served_scope
from ckpm.model.toolchain import Compiling


class Recipes(Protocol):
    """Where recipes come from."""

    def recipe(self, name: str) -> Recipe | None: ...

    def providers(self, virtual: str) -> tuple[str, ...]: ...


Releases = Callable[[Recipe, Source, Platform], Sequence[Release]]


@dataclass(frozen=True)
class World:
    """Everything that a resolution depends on.

    ``installed`` tells what the machine has of a package, ``releases`` what only an index knows.
    ``forbidden`` maps candidates' releases, or ``package from method`` for all of a method, to the
    reason; ``locked`` maps (package or ``package:option=value``, scope) to the version to keep;
    ``stored`` tells by which methods a version has been made here already. ``compiling`` judges an
    installation of a toolchain for a target.
    """

    recipes: Recipes
    target: Platform
    build: Platform
    installed: Callable[[str], Sequence[Installation]] = lambda _package: ()
    releases: Releases = lambda _recipe, _source, _platform: ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prefer: Preferences = DETECTED_FIRST
    stored: Callable[[str, str], Collection[str]] = lambda _package, _version: ()
    compiling: Callable[[Installation, Recipe, Platform], Compiling] = lambda *_: Compiling()

    def platform(self, scope: str) -> Platform:
        """Return the platform that a scope is for: tools run on the build platform."""
        return self.target if scope == TARGET_SCOPE else self.build

    def coexist(self, package: str) -> Sequence[str]:
        """Return the options that tell variants of a package apart."""
        recipe = self.recipes.recipe(package)
        return recipe.coexist if recipe else ()

    def served(self, scope: str) -> Platform:
        """Return the platform that what is in a tool scope makes things for."""
        return self.platform(served_scope(scope))
