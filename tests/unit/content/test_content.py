"""The bundled content is whole: every file loads, and what it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ckpm._content import bundled_dir
from ckpm.model.placeholders import fill
from ckpm.model.recipe import Need, Part, Recipe, Source
from ckpm.model.workflow import EnvironmentFile
from ckpm.recipe.files import content_files
from ckpm.recipe.load import load_environment, load_recipe

ROOT = Path(__file__).parents[3]
RECIPES = content_files(bundled_dir("recipes"))
ENVIRONMENTS = content_files(bundled_dir("envs"))
FACTS = {"glibc", "musl", "api", "macos", "cuda-driver", "cuda-arch", "rocm"}

# What the engine fills in; see ckpm/install/packages.py, ckpm/plan/changes.py and ckpm/workflow/.
IN_STEPS = (
    r"source|prefix|recipe|version|target(\.(triple|abi))?|jobs|drop"
    r"|(option|needs|tools)\.[a-z0-9-]+"
)
IN_ENV = r"prefix|version|target(\.(triple|abi))?|generation"
IN_WORKFLOWS = r"output|parameters\.[a-z_]+|env\.CKPM_[A-Z0-9_]+"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def by_stem(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])


@cache
def recipe_of(path: Path) -> Recipe:
    return load_recipe(path)


@cache
def environment_of(path: Path) -> EnvironmentFile:
    return load_environment(path)


@cache
def known_packages() -> set[str]:
    recipes = [recipe_of(path) for path in RECIPES]
    provided = {p.name for recipe in recipes for p in recipe.provides}
    provided |= {p.name for recipe in recipes for source in recipe.sources for p in source.provides}
    detected = {path.stem for path in content_files(bundled_dir("detectors"))}
    return {recipe.name for recipe in recipes} | provided | detected | FACTS


def needs_of(recipe: Recipe) -> Iterator[Need]:
    yield from recipe.needs
    for source in recipe.sources:
        yield from (*source.needs, *source.tools)


def parts_of(recipe: Recipe) -> Iterator[tuple[Source, Part]]:
    for source in recipe.sources:
        yield from ((source, part) for part in source.parts)


def check_options(need: Need) -> None:
    path = bundled_dir("recipes") / f"{need.requirement.package}.yaml"
    if path.is_file():
        options = {option.name: option.values for option in recipe_of(path).options}
        for name, value in need.requirement.options:
            assert value in options[name], f"{need.requirement}"


def test_there_is_content() -> None:
    assert len(RECIPES) > 20
    assert ENVIRONMENTS


@by_stem(RECIPES)
def test_a_recipe_says_what_it_is(path: Path) -> None:
    recipe = recipe_of(path)
    assert recipe.name == path.stem
    assert recipe.license
    assert recipe.sources
    assert recipe.summary
    assert not recipe.summary.endswith(".")
    assert len(recipe.summary) <= 100


@by_stem(RECIPES)
def test_what_a_recipe_needs_is_known(path: Path) -> None:
    for need in needs_of(recipe_of(path)):
        assert need.requirement.package in known_packages(), f"line {need.requirement.origin}"
        check_options(need)


@by_stem(RECIPES)
def test_every_source_gives_one_value_of_each_option(path: Path) -> None:
    # An option that a source leaves open is offered with every value: only a build can make all.
    recipe = recipe_of(path)
    for source in (source for source in recipe.sources if source.method != "build"):
        given = {name: values for name, values in source.when.conditions if name != "platform"}
        assert {option.name for option in recipe.options} == set(given), f"line {source.line}"
        assert all(len(values) == 1 for values in given.values()), f"line {source.line}"


@by_stem(RECIPES)
def test_every_choice_of_a_default_can_be_had(path: Path) -> None:
    recipe = recipe_of(path)
    for option in recipe.options:
        whens = [dict(source.when.conditions) for source in recipe.sources]
        given = {value for when in whens for value in when.get(option.name, option.values)}
        assert given == set(option.values)


@by_stem(RECIPES)
def test_the_files_beside_a_recipe_are_there(path: Path) -> None:
    recipe = recipe_of(path)
    beside = path.with_suffix("")
    for source in recipe.sources:
        if (place := source.text("path")) is not None:
            assert (beside / place).exists()
        for argument in (argument for step in source.steps for argument in step):
            if argument.startswith("{recipe}/"):
                assert (beside / argument.removeprefix("{recipe}/")).is_file()


@by_stem(RECIPES)
def test_placeholders_of_a_recipe_stand_for_something(path: Path) -> None:
    recipe = recipe_of(path)
    for source in recipe.sources:
        made = [argument for step in source.steps for argument in step]
        made += [*source.texts("configure"), source.text("instructions") or ""]
        made += [text for part in source.parts for pair in part.members for text in pair]
        check_placeholders(made, IN_STEPS)
        named = {need.requirement.package for need in (*source.tools, *source.needs, *recipe.needs)}
        for text in made:
            for _, package in re.findall(r"\{(needs|tools)\.([a-z0-9-]+)\}", text):
                assert package in {*named, "python"}
    check_placeholders([getattr(rule.change, "value", "") for rule in recipe.env], IN_ENV)


@by_stem(RECIPES)
def test_sums_and_addresses_agree_within_and_across_recipes(path: Path) -> None:
    """Equal bytes are described equally everywhere: a typing mistake in one copy shows."""
    described = {key: facts for other in RECIPES for key, facts in descriptions(recipe_of(other))}
    for key, facts in descriptions(recipe_of(path)):
        assert described[key] == facts, key


def descriptions(recipe: Recipe) -> Iterator[tuple[object, object]]:
    for source, part in parts_of(recipe):
        facts = (part.size, part.digests)
        for url in part.urls:
            yield url, facts
        if source.method == "npm":
            yield source.text("package"), facts
        for digest in part.digests:
            yield digest, part.urls or source.text("package") or source.text("artifact")


@by_stem(RECIPES)
def test_npm_sources_pin_a_version_and_its_integrity(path: Path) -> None:
    for source, part in parts_of(recipe_of(path)):
        if source.method == "npm":
            assert re.search(r"[a-z]==\d", source.text("package") or "")
            assert "sha512" in {digest.algorithm for digest in part.digests}


@by_stem(RECIPES)
def test_a_weak_sum_without_size_is_said_to_need_consent(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for source, part in parts_of(recipe_of(path)):
        if source.method != "archive":
            continue
        strong = any(not digest.is_weak for digest in part.digests)
        if not strong and not (part.digests and part.size):
            assert "allow-unverified" in text or "Unverified" in text, part.urls


@by_stem(ENVIRONMENTS)
def test_an_environment_asks_for_packages_that_exist(path: Path) -> None:
    environment = environment_of(path)
    assert environment.name == path.stem
    assert environment.summary
    options = {option.name: option.values for option in environment.options}
    for need in environment.requires:
        assert need.requirement.package in known_packages()
        check_options(need)
        for name, values in need.when.conditions:
            assert set(values) <= set(options[name])


@by_stem(ENVIRONMENTS)
def test_workflows_name_what_there_is(path: Path) -> None:
    environment = environment_of(path)
    assert environment.workflow(None) is not None
    for workflow in environment.workflows:
        arguments = [argument for step in workflow.steps for argument in step.run]
        defaults = [parameter.default or "" for parameter in workflow.parameters]
        check_placeholders([*arguments, *defaults], IN_WORKFLOWS)
        values = {f"parameters.{parameter.name}": "x" for parameter in workflow.parameters}
        values |= {f"env.{name}": "x" for name in variables(environment)} | {"output": "x"}
        for text in [*arguments, *defaults]:
            fill(text, values)
        # One word on the command line must not mean two things.
        assert not {p.name for p in workflow.parameters} & {o.name for o in environment.options}


VIRTUAL = {"tflite-c-runtime"}


def variables(environment: EnvironmentFile) -> Iterator[str]:
    names = {need.requirement.package for need in (*environment.requires, *environment.stand_in)}
    for name in names - VIRTUAL:
        prefix = "CKPM_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
        yield from (f"{prefix}_ROOT", f"{prefix}_VERSION")
        for rule in recipe_of(bundled_dir("recipes") / f"{name}.yaml").env:
            yield rule.change.name


def check_placeholders(texts: list[str], allowed: str) -> None:
    for text in texts:
        for name in PLACEHOLDER.findall(text):
            assert re.fullmatch(allowed, name), f"{{{name}}} in {text}"
