"""The field table of environment files: ``ckpm.yaml`` and ``envs/*.yaml``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ckpm.model.recipe import Part, Recipe, Source, When
from ckpm.model.workflow import EnvironmentFile, Parameter, ResultField, Workflow, WorkflowStep
from ckpm.recipe.needs import NEED, OPTION, PROVIDED
from ckpm.recipe.products import ENV
from ckpm.recipe.recipes import KINDS
from ckpm.recipe.sources import PART_FIELDS, part_of
from ckpm.recipe.toolchains import COMMAND, SHOWN, TEXT, WHEN
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import (
    npm_reference,
    option_name,
    package_name,
    plain_version,
    relative_path,
)

PARAMETER = Record(
    "parameter",
    {
        "default": Field(TEXT, "the value when nobody gives one"),
        "choices": Field(Each(TEXT), "the values it can take"),
        "summary": Field(SHOWN, "what it is for"),
    },
    lambda fields, _: Parameter(
        "", fields.get("default"), fields.get("choices", ()), fields.get("summary", "")
    ),
    shorthand=lambda text, _: Parameter("", text),
)

STEP = Record(
    "step",
    {
        "run": Field(COMMAND, "an argument list; no shell reads it", required=True),
        "when": Field(WHEN, "options of the environment or `platform` globs under which it runs"),
    },
    lambda fields, _: WorkflowStep(fields["run"], When(fields.get("when", ()))),
)

RESULT = Record(
    "result",
    {
        "file": Field(
            Text(parse=relative_path), "a JSON file in the output directory", required=True
        ),
        "path": Field(TEXT, "keys in it, such as `speed.median_ms`", required=True),
    },
    lambda fields, _: ResultField("", fields["file"], fields["path"]),
)

WORKFLOW = Record(
    "workflow",
    {
        "summary": Field(SHOWN, "one line for people"),
        "parameters": Field(Table(PARAMETER), "values that a run takes"),
        "steps": Field(Each(STEP), "commands, run in order inside the environment", required=True),
        "results": Field(Table(RESULT), "values to record"),
        "shows": Field(Each(Text(parse=relative_path)), "files to point a person at afterwards"),
    },
    lambda fields, _: Workflow(
        name="",
        steps=fields["steps"],
        parameters=tuple(
            Parameter(name, p.default, p.choices, p.summary)
            for name, p in fields.get("parameters", ())
        ),
        results=tuple(ResultField(n, r.file, r.path) for n, r in fields.get("results", ())),
        summary=fields.get("summary", ""),
        shows=fields.get("shows", ()),
    ),
)

INLINE = Record(
    "package",
    {
        "kind": Field(Text(choices=KINDS), "what sort of thing it is", required=True),
        "from": Field(Text(choices=("file", "archive", "npm")), "the method", required=True),
        "path": Field(Text(parse=relative_path), "file: where it lies, from this file's directory"),
        "package": Field(Text(parse=npm_reference), "npm: `name==version`"),
        "version": Field(Text(parse=plain_version), "its version (default: 1)"),
        "summary": Field(SHOWN, "one line for people"),
        "license": Field(SHOWN, "an SPDX expression, or what its owner calls it"),
        "needs": Field(Each(NEED), "what it needs where it runs"),
        "provides": Field(Each(PROVIDED), "virtual packages it stands in for"),
        "env": Field(Each(ENV), "what the environment gets"),
        **PART_FIELDS,
    },
    lambda fields, line: _inline(fields, line),  # noqa: PLW0108 - it is defined below
)


def _inline(fields: dict[str, Any], line: int) -> Recipe:
    version = fields.get("version", "1")
    local = fields["from"] == "file" and "path" in fields
    if fields["from"] != "npm" and not (local or fields.get("urls")):
        raise ValueError("`path` or `urls`, to say where it is")
    parts: tuple[Part, ...] = () if local else (part_of(fields),)
    names = ("path", "package")
    source = Source(
        method=fields["from"],
        versions=(version,),
        parts=parts,
        details=tuple((name, fields[name]) for name in names if name in fields)
        + ((("digest", fields["sha256"].value),) if local and "sha256" in fields else ()),
        line=line,
    )
    return Recipe(
        name="",
        kind=fields["kind"],
        summary=fields.get("summary", ""),
        license=fields.get("license", ""),
        needs=fields.get("needs", ()),
        provides=fields.get("provides", ()),
        sources=(source,),
        env=tuple(rule for rules in fields.get("env", ()) for rule in rules),
    )


ENVIRONMENT = Record(
    "environment",
    {
        "name": Field(Text(parse=package_name), "the environment's name", required=True),
        "summary": Field(SHOWN, "one line for people"),
        "requires": Field(Each(NEED), "the requirements"),
        "options": Field(Table(OPTION), "choices that `when` conditions refer to"),
        "packages": Field(Table(INLINE), "packages of your own"),
        "workflows": Field(Table(WORKFLOW), "what can be run"),
        "stand_in": Field(
            Each(NEED), "what starts the target's libraries where another platform stands in for it"
        ),
        "shadows": Field(Each(TEXT), "bundled packages that this project replaces on purpose"),
    },
    lambda fields, _: EnvironmentFile(
        name=fields["name"],
        requires=fields.get("requires", ()),
        options=tuple(replace(o, name=option_name(name)) for name, o in fields.get("options", ())),
        packages=tuple(_named(name, recipe) for name, recipe in fields.get("packages", ())),
        workflows=tuple(
            Workflow(name, w.steps, w.parameters, w.results, w.summary, w.shows)
            for name, w in fields.get("workflows", ())
        ),
        stand_in=fields.get("stand_in", ()),
        shadows=fields.get("shadows", ()),
        summary=fields.get("summary", ""),
    ),
)


def _named(name: str, recipe: Recipe) -> Recipe:
    return replace(recipe, name=package_name(name))
