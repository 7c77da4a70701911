"""Solver problems as data: recipes, a machine, a request, and what must come out."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.config.platforms import known_platforms
from ckpm.errors import UnsatisfiableError
from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.model.recipe import Provided, Recipe
from ckpm.model.requirement import parse_requirement
from ckpm.model.resolution import Nogood, Preferences, Resolution
from ckpm.model.toolchain import Compiling
from ckpm.model.version import Version
from ckpm.recipe.recipes import RECIPE
from ckpm.resolve import World, resolve
from ckpm.schema.decode import decode
from ckpm.schema.documents import parse_document, write_document

DATA = Path(__file__).parents[2] / "cases"
CASES = sorted((DATA / "resolve").glob("*.yaml"))
EXPLANATIONS = sorted((DATA / "explanations").glob("*.txt"))


class DescribedRecipes:
    """Recipes written down in a case."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.known = {name: self._decoded(name, fields) for name, fields in documents.items()}

    @staticmethod
    def _decoded(name: str, fields: dict[str, Any]) -> Recipe:
        text = write_document({"name": name, "kind": "library", "summary": name, **fields})
        recipe: Recipe = decode(RECIPE, parse_document(text, name), name)
        return replace(recipe, origin=f"{name}.yaml")

    def recipe(self, name: str) -> Recipe | None:
        return self.known.get(name)

    def providers(self, virtual: str) -> tuple[str, ...]:
        return tuple(
            name
            for name, recipe in self.known.items()
            if any(p.name == virtual for p in (*recipe.provides, *provided(recipe)))
        )


def provided(recipe: Recipe) -> list[Provided]:
    return [item for source in recipe.sources for item in source.provides]


def compiling(
    case: dict[str, Any], found: Installation, recipe: Recipe, served: Platform
) -> Compiling:
    """Say of an installation what the case's ``compiling`` says, for a target or for all."""
    said = case.get("compiling", {})
    return Compiling(**said.get(f"{recipe.name} for {served}", said.get(recipe.name, {})))


def world(case: dict[str, Any]) -> World:
    platforms = known_platforms()
    name, _, facts = case.get("target", "linux-x86_64").partition(":")
    target = platforms[name].stating(dict(f.split("=") for f in facts.split(",") if f))
    found = [
        Installation(i["package"], Version(i["version"]), i["prefix"], (i["prefix"],),
                     tuple(i.get("abilities", ["run"])), python=i.get("python"))
        for i in case.get("installed", [])
    ]  # fmt: skip
    return World(
        DescribedRecipes(case["recipes"]),
        target,
        platforms["linux-x86_64"],
        lambda package: [i for i in found if i.package == package],
        forbidden=case.get("forbidden", {}),
        locked={(k, ""): v for k, v in case.get("locked", {}).items()},
        prefer=Preferences(case.get("prefer", "detected"), case.get("prefer_of", {})),
        stored=lambda package, version: case.get("stored", {}).get(f"{package} {version}", ()),
        compiling=partial(compiling, case),
    )


def shown(resolution: Resolution) -> dict[str, str | list[str]]:
    """What is chosen of each package; of several variants, a list."""
    found: dict[str, list[str]] = {}
    for c in resolution:
        words = [str(c.version), *(f"{k}={v}" for k, v in c.options)]
        words += ["detected"] if c.installation else []
        found.setdefault(f"{c.scope}/{c.package}" if c.scope else c.package, []).append(
            " ".join(words)
        )
    return {name: each[0] if len(each) == 1 else each for name, each in found.items()}


def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def nogoods_of(case: dict[str, Any]) -> list[Nogood]:
    return [frozenset(map(tuple, nogood)) for nogood in case.get("nogoods", [])]


@pytest.mark.parametrize("path", EXPLANATIONS, ids=lambda path: path.stem)
def test_explains_in_just_these_words(path: Path) -> None:
    """``CKPM_UPDATE_SNAPSHOTS=1`` writes them anew; read the difference before keeping it."""
    written, line, expected = path.read_text(encoding="utf-8").partition("-----\n")
    case = yaml.safe_load(written)
    request = [parse_requirement(text, "the command line") for text in case["request"]]
    with pytest.raises(UnsatisfiableError) as refused:
        resolve(request, world(case), nogoods_of(case))
    error = refused.value
    said = f"error: {error.message}\n" + "".join(f"hint: {hint}\n" for hint in error.hints)
    if os.environ.get("CKPM_UPDATE_SNAPSHOTS"):
        path.write_text(written + line + said, encoding="utf-8")
    assert said == expected
    assert len(error.lines) <= 15


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_answers_as_the_case_says(path: Path) -> None:
    case = load(path)
    request = [parse_requirement(text, "the command line") for text in case["request"]]
    if "explanation" in case:
        with pytest.raises(UnsatisfiableError) as caught:
            resolve(request, world(case), nogoods_of(case))
        assert list(caught.value.lines) == case["explanation"]
        assert list(caught.value.hints) == case.get("hints", [])
        return
    resolution = resolve(request, world(case), nogoods_of(case))
    assert shown(resolution) == case["chosen"]
    origins = {c.package: c.origin for c in resolution}
    assert {name: origins[name] for name in case.get("origins", {})} == case.get("origins", {})
    rejections = {f"{r.candidate}: {r.reason}" for r in resolution.rejections}
    assert set(case.get("rejections", [])) <= rejections
