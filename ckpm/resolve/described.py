"""What a recipe makes of a candidate: its options, what it provides, the tools of its method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ckpm.model.platform import Platform
from ckpm.model.recipe import Provided, Recipe, Source
from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import Candidate
from ckpm.model.scopes import is_toolchain
from ckpm.model.version import Version

METHOD_TOOLS = {"npm": ("npm",)}
"""Tools that a method needs whatever its recipe says."""


def method_tools(recipe: Recipe, source: Source) -> Iterator[Requirement]:
    """Yield what a method needs whatever its recipe says."""
    for name in METHOD_TOOLS.get(source.method, ()):
        yield Requirement(name, origin=f"{recipe.origin}:{source.line}")


def offered_options(recipe: Recipe, source: Source) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield the recipe's options with the values that the source can give."""
    given = dict(source.when.conditions)
    for option in recipe.options:
        yield option.name, option.default, given.get(option.name, option.values)


def served_platforms(recipe: Recipe, options: Options) -> list[str]:
    """Return the globs of the platforms for which a source gives these options; none mean any."""
    sources = [
        source
        for source in recipe.sources
        if all(
            value in values
            for wanted, value in options
            for name, _, values in offered_options(recipe, source)
            if name == wanted
        )
    ]
    return sorted({pattern for source in sources for pattern in source.platforms})


def key_options(recipe: Recipe | None, options: Mapping[str, str]) -> Options:
    """Return the options that may coexist, and so are part of the identity."""
    if recipe is None:
        return ()
    return tuple((name, options[name]) for name in recipe.coexist if name in options)


def provided(
    recipe: Recipe | None,
    source: Source | None,
    version: Version,
    options: Mapping[str, str],
    platforms: tuple[Platform, Platform],
) -> tuple[tuple[str, Version], ...]:
    """Return the virtual packages that a candidate stands in for, each with its version."""
    stated: list[Provided] = [
        *(recipe.provides if recipe else ()),
        *(source.provides if source else ()),
    ]
    return tuple(
        (item.name, Version(item.version) if item.version else version)
        for item in stated
        if item.when.holds(options, *platforms) and version in item.range
    )


def rivals(candidate: Candidate) -> Iterator[Requirement]:
    """Yield what must not be beside a toolchain: another that compiles the same languages."""
    if is_toolchain(candidate.scope):
        for name, _ in candidate.provides:
            yield Requirement(name, origin="one toolchain for everything that is made for a target")
