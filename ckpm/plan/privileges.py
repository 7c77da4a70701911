"""What a plan may do to a machine beyond putting verified files into the store.

A stranger's project or lock may have everything else without anybody being asked. Which variables
are harmless is said here and nowhere else; docs/security.md explains it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ckpm.model.environment import RESERVED, EnvChange, SetVar
from ckpm.model.lock import LockedPackage
from ckpm.model.placeholders import variable_prefix
from ckpm.model.plan import PackageStep, Privilege, UsedToolchain
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe
from ckpm.plan.changes import Placed

_HARMLESS = re.compile(r"(\{prefix\}(/[\w.+@-]+)*|[\w.+-]*)", re.ASCII)
"""A path below the package's own directory, or one plain word."""


def is_harmless(package: str, change: EnvChange) -> bool:
    """Whether a package may make this change for somebody who was not asked.

    It may set variables of its own name, to its own files or to a word. Every other name may decide
    which code a shell or a program loads (``PATH``, ``LD_PRELOAD``, ``BASH_ENV``, and so many more
    that no list of them would be whole).
    """
    return (
        isinstance(change, SetVar)
        and change.name.startswith(f"{variable_prefix(package)}_")
        and change.name not in RESERVED
        and ".." not in change.value
        and _HARMLESS.fullmatch(change.value) is not None
    )


def of_using(placed: Placed, target: Platform, *, native: bool) -> Iterator[Privilege]:
    """Yield what stepping into an environment with this package means."""
    recipe, package = placed.recipe, placed.package
    for rule in recipe.env if recipe else ():
        if not rule.when.holds(dict(package.options), target):
            continue
        if is_harmless(package.name, rule.change) or (rule.change.name == "PATH" and not native):
            continue
        here = package.method == "detected"
        yield _privilege(
            package.name, f"changes `{rule.change.name}`", [recipe], is_locked=not here
        )


def of_making(
    step: PackageStep,
    tools: Iterable[LockedPackage],
    recipes: Mapping[str, Recipe],
    *,
    native: bool,
) -> Iterator[Privilege]:
    """Yield what making a package from its files runs; ``tools`` are those of its own scope."""
    package, options = step.package, dict(step.package.options)
    tools = list(tools)
    names = [package.name, *(tool.name for tool in tools), *dict(step.inputs)]
    names += [used.package for used in step.toolchains]
    involved = [recipes.get(name) for name in names]
    tested = native and any(
        test.command and test.when.holds(options, step.platform) for test in step.recipe.tests
    )
    if step.source.method == "build":
        yield _privilege(package.name, "is built from source", involved)
    if step.source.steps:
        yield _privilege(package.name, "is made by commands of its recipe", involved)
    if tested:
        yield _privilege(package.name, "is started to test it", involved)
    for tool in tools:
        if tool.method not in ("detected", "fact"):
            yield _privilege(package.name, f"is made by `{tool.name}`, which is fetched", involved)


def of_compiling(
    used: UsedToolchain, package: LockedPackage, recipe: Recipe
) -> Iterator[Privilege]:
    """Yield what a toolchain means: builds run its programs, and shells get its variables."""
    here = package.method == "detected"
    yield _privilege(used.package, "compiles", [recipe], is_locked=not here)


def _privilege(
    package: str, what: str, recipes: Iterable[Recipe | None], *, is_locked: bool = True
) -> Privilege:
    directories = dict.fromkeys(recipe.directory for recipe in recipes if recipe)
    return Privilege(package, what, tuple(directories), is_locked)
