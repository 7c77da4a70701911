"""``ckpm search`` and ``ckpm info``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ckpm.cli.columns import table
from ckpm.cli.context import Context, add_common
from ckpm.model.recipe import Recipe, Source

EXAMPLES = {
    "search": "examples:\n  ckpm search detection\n  ckpm search model coco\n",
    "info": "examples:\n  ckpm info tensorflow\n  ckpm info model-ssd-mobilenet --json\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    if command == "search":
        parser.add_argument("words", nargs="*", metavar="WORD", help="all of them must occur")
    else:
        parser.add_argument("package", metavar="PACKAGE", help="a package, or a virtual one")
    add_common(parser, "json", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    if command == "search":
        return _search(options, context)
    catalog = context.session.content.catalog()
    recipe = catalog.recipe(options.package)
    if recipe is None:
        providers = catalog.providers(options.package)
        if not providers:
            raise context.unknown(options.package)
        context.print(
            f"{options.package} is a virtual package; provided by: {', '.join(providers)}"
        )
        return context.finish({"name": options.package, "providers": list(providers)})
    context.print("\n".join(_lines(recipe)))
    return context.finish(_document(recipe))


def _search(options: argparse.Namespace, context: Context) -> int:
    found = context.session.content.catalog().search(options.words)
    rows = [(name, entry["kind"], entry["summary"]) for name, entry in found]
    context.print(table(rows, ("package", "kind", "what it is")))
    if not found:
        context.say("no package has all of these words; try fewer")
    return context.finish([{"name": name, **entry} for name, entry in found])


def _lines(recipe: Recipe) -> Iterator[str]:
    yield f"{recipe.name}: {recipe.summary}"
    yield f"  kind      {recipe.kind}"
    yield f"  licence   {recipe.license or 'not stated'}"
    if recipe.homepage:
        yield f"  homepage  {recipe.homepage}"
    yield f"  recipe    {recipe.origin}"
    for option in recipe.options:
        coexist = ", may stand beside each other" if option.name in recipe.coexist else ""
        values = "|".join(option.values)
        yield f"  option    {option.name}={values} (default {option.default}{coexist})"
    for need in recipe.needs:
        yield f"  needs     {need.requirement}{_condition(need.when.conditions)}"
    for source in recipe.sources:
        yield f"  source    {_source(source)}"


def _source(source: Source) -> str:
    versions = ", ".join(source.versions) or "versions from its index"
    platforms = f" for {', '.join(source.platforms)}" if source.platforms else ""
    return f"{source.method}: {versions}{_condition(source.when.conditions)}{platforms}"


def _condition(conditions: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    text = ", ".join(f"{name}={'|'.join(values)}" for name, values in conditions)
    return f" when {text}" if text else ""


def _document(recipe: Recipe) -> dict[str, object]:
    return {
        "name": recipe.name,
        "kind": recipe.kind,
        "summary": recipe.summary,
        "license": recipe.license,
        "homepage": recipe.homepage,
        "recipe": recipe.origin,
        "options": {
            o.name: {"values": list(o.values), "default": o.default} for o in recipe.options
        },
        "coexist": list(recipe.coexist),
        "needs": [str(need.requirement) for need in recipe.needs],
        "sources": [
            {
                "from": source.method,
                "versions": list(source.versions),
                "platforms": list(source.platforms),
                "when": {name: list(values) for name, values in source.when.conditions},
                "urls": [url for part in source.parts for url in part.urls],
            }
            for source in recipe.sources
        ],
    }
