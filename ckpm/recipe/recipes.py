"""The field table of recipes."""

from __future__ import annotations

from typing import Any

from ckpm.model.recipe import Option, Recipe
from ckpm.model.scopes import TOOLCHAIN
from ckpm.recipe.needs import NEED, OPTION, PROVIDED
from ckpm.recipe.products import ENV, TEST
from ckpm.recipe.sources import SOURCE
from ckpm.recipe.toolchains import LIBRARY, SHOWN, TEXT, TOOLCHAIN_RULE
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import https_or_http, package_name

KINDS = ("library", "tool", "toolchain", "dataset", "model", "program", "fact")
NAMES = Each(Text(parse=package_name), lone=True)

RECIPE_FIELDS = {
    "name": Field(Text(parse=package_name), "the package; the file's stem", required=True),
    "kind": Field(Text(choices=KINDS), "what sort of thing it is", required=True),
    "summary": Field(SHOWN, "one line for people", required=True),
    "license": Field(SHOWN, "an SPDX expression, or what its owner calls it"),
    "homepage": Field(Text(parse=https_or_http), "where people read about it"),
    "tags": Field(NAMES, "words to find it by"),
    "version_scheme": Field(Text(choices=("generic", "pep440")), "how its versions are ordered"),
    "options": Field(Table(OPTION), "named choices"),
    "coexist": Field(Each(TEXT), "options whose values may stand beside each other"),
    "needs": Field(Each(NEED), "what it needs where it runs, whatever the source"),
    "conflicts": Field(Each(NEED), "what must not be chosen beside it, whatever the source"),
    "provides": Field(Each(PROVIDED), "virtual packages that every source stands in for"),
    "sources": Field(Each(SOURCE), "ways to obtain it, the preferred one first"),
    "env": Field(Each(ENV), "what its users' environment gets"),
    "test": Field(Each(TEST), "what must be true once it is installed"),
    "toolchain": Field(Each(TOOLCHAIN_RULE), "how it compiles, for each kind of target"),
    "library": Field(Each(LIBRARY), "what CMake and pkg-config are told of it"),
}


def _recipe(fields: dict[str, Any], _line: int) -> Recipe:
    options = tuple(
        Option(name, option.values, option.default, option.summary)
        for name, option in fields.get("options", ())
    )
    _check_options(fields, {option.name: option.values for option in options})
    if fields["name"] == TOOLCHAIN:
        raise ValueError(f"another name than `{TOOLCHAIN}`, which stands for what compiles")
    return Recipe(
        name=fields["name"],
        kind=fields["kind"],
        summary=fields["summary"],
        license=fields.get("license", ""),
        homepage=fields.get("homepage", ""),
        tags=fields.get("tags", ()),
        version_scheme=fields.get("version_scheme", "generic"),
        options=options,
        coexist=fields.get("coexist", ()),
        needs=fields.get("needs", ()),
        conflicts=fields.get("conflicts", ()),
        provides=fields.get("provides", ()),
        sources=fields.get("sources", ()),
        env=tuple(rule for rules in fields.get("env", ()) for rule in rules),
        tests=fields.get("test", ()),
        toolchain=fields.get("toolchain", ()),
        libraries=fields.get("library", ()),
    )


def _check_options(fields: dict[str, Any], options: dict[str, tuple[str, ...]]) -> None:
    sources, asking = fields.get("sources", ()), ("needs", "conflicts", "test")
    conditioned = [*sources, *(item for name in asking for item in fields.get(name, ()))]
    whens = [item.when for item in conditioned]
    whens += [need.when for source in sources for need in (*source.needs, *source.conflicts)]
    for name, values in (pair for when in whens for pair in when.conditions):
        if name in ("platform", "target"):
            continue
        if name not in options:
            raise ValueError(f"`when` to name an option of this recipe, not `{name}`")
        if wrong := set(values) - set(options[name]):
            raise ValueError(f"`{name}` to be one of {', '.join(options[name])}, not {min(wrong)}")
    for name in fields.get("coexist", ()):
        if name not in options:
            raise ValueError(f"`coexist` to name an option of this recipe, not `{name}`")


RECIPE = Record("recipe", RECIPE_FIELDS, _recipe)
