"""The field table of recipes."""

from __future__ import annotations

from typing import Any

from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar
from ckpm.model.ranges import ANY, parse_range
from ckpm.model.recipe import (
    ALWAYS,
    EnvRule,
    Need,
    Option,
    Part,
    ProductTest,
    Provided,
    Recipe,
    Source,
    When,
)
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.scopes import TOOLCHAIN
from ckpm.recipe.fields import Each, Field, Record, Table, Text
from ckpm.recipe.toolchains import COMMAND, LIBRARY, TEXT, TOOLCHAIN_RULE, WHEN
from ckpm.recipe.values import (
    ALGORITHMS,
    count,
    https_or_http,
    package_name,
    relative_path,
    sha_digest,
    truth,
    variable_name,
)

KINDS = ("library", "tool", "toolchain", "dataset", "model", "program", "fact")
METHODS = (
    "pypi", "archive", "file", "npm", "maven", "build", "system", "manual", "uv-python",
)  # fmt: skip

SYSTEMS = ("cmake", "meson", "autotools", "make", "cargo", "commands")

NAMES = Each(Text(parse=package_name), lone=True)


def _need(fields: dict[str, Any], line: int) -> Need:
    requirement: Requirement = fields["package"]
    ability = fields.get("ability")
    asked = Requirement(
        requirement.package, requirement.range, requirement.options, ability, f":{line}"
    )
    return Need(asked, When(fields.get("when", ())), fields.get("range", ANY))


NEED = Record(
    "need",
    {
        "package": Field(Text(parse=parse_requirement), "the requirement", required=True),
        "when": Field(WHEN, "options, `platform` or (of a toolchain) `target` globs for it"),
        "range": Field(Text(parse=parse_range), "the package's own versions that need it"),
        "ability": Field(
            Text(choices=("run", "link", "develop")), "what an installation must offer"
        ),
    },
    _need,
    shorthand=lambda text, line: Need(parse_requirement(text, f":{line}")),
)

PROVIDED = Record(
    "provided",
    {
        "name": Field(Text(parse=package_name), "the virtual package", required=True),
        "version": Field(TEXT, "its version; the package's own when absent"),
        "when": Field(WHEN, "options, `platform` or (of a toolchain) `target` globs for it"),
        "range": Field(Text(parse=parse_range), "the package's own versions that provide it"),
        "rank": Field(Text(parse=count), "of several, the lowest is preferred (default: 50)"),
    },
    lambda fields, _: Provided(
        fields["name"],
        fields.get("version"),
        When(fields.get("when", ())),
        fields.get("range", ANY),
        fields.get("rank", 50),
    ),
    shorthand=lambda text, _: Provided(package_name(text)),
)

OPTION = Record(
    "option",
    {
        "values": Field(Each(TEXT), "the values it can take", required=True),
        "default": Field(TEXT, "the value when nobody asks; it yields when it must", required=True),
        "summary": Field(TEXT, "what it chooses"),
        "foreign": Field(TEXT, "environments: the default where the target is another machine"),
    },
    lambda fields, _: _option(fields),
)


def _option(fields: dict[str, Any]) -> Option:
    if fields["default"] not in fields["values"]:
        raise ValueError(f"the default `{fields['default']}` among the values")
    foreign = fields.get("foreign")
    if foreign is not None and foreign not in fields["values"]:
        raise ValueError(f"`foreign` to be one of the values, not `{foreign}`")
    return Option("", fields["values"], fields["default"], fields.get("summary", ""), foreign)


_DIGESTS = {
    algorithm: Field(
        Text(parse=sha_digest(algorithm)), f"the published {algorithm}, in hexadecimal"
    )
    for algorithm in ALGORITHMS
}

PART_FIELDS = {
    "urls": Field(Each(Text(parse=https_or_http), lone=True), "mirrors of the same bytes"),
    "size": Field(Text(parse=count), "bytes, as published"),
    **_DIGESTS,
    "unpack": Field(Text(parse=truth), "whether it is an archive (default: true)"),
    "inner": Field(Text(parse=relative_path), "an archive inside it that is meant instead"),
    "members": Field(Table(Text(parse=relative_path)), "path inside: path in the result"),
    "strip": Field(Text(parse=count), "leading directories to drop"),
    "into": Field(Text(parse=relative_path), "the directory of the result that receives it"),
    "package": Field(TEXT, "npm: `name==version`"),
}


def _part(fields: dict[str, Any]) -> Part:
    return Part(
        urls=fields.get("urls", ()),
        size=fields.get("size"),
        digests=tuple(fields[name] for name in ALGORITHMS if name in fields),
        unpack=fields.get("unpack", True),
        inner=fields.get("inner"),
        members=fields.get("members", ()),
        strip=fields.get("strip", 0),
        into=fields.get("into", ""),
        package=fields.get("package"),
    )


PART = Record("part", PART_FIELDS, lambda fields, _: _part(fields))

_DETAILS: dict[str, Field] = {
    "package": Field(TEXT, "npm: `name==version`"),
    "artifact": Field(TEXT, "maven: `group:artifact`, and `packaging` after a second colon"),
    "distribution": Field(TEXT, "pypi: the distribution; the package's name when absent"),
    "extras": Field(Each(TEXT), "pypi: extras to install"),
    "index": Field(Text(parse=https_or_http), "pypi: where the project publishes these builds"),
    "range": Field(TEXT, "pypi: the versions of the index that count, such as `>=2.14`"),
    "layout": Field(
        Text(choices=("venv", "files")), "pypi: install into the environment, or unpack the wheel"
    ),
    "path": Field(Text(parse=relative_path), "file, build: what lies beside the recipe"),
    "system": Field(Text(choices=SYSTEMS), "build: what drives it"),
    "configure": Field(Each(TEXT), "build: extra arguments of the configure command"),
    "build": Field(Each(TEXT), "build: extra arguments of the build command, such as targets"),
    "install": Field(Each(TEXT), "build: extra arguments of the install command"),
    "directory": Field(Text(parse=relative_path), "build: the project, inside the source"),
    "instructions": Field(TEXT, "manual: where to get it and where to put it"),
    "command": Field(COMMAND, "system: the command that a person may run"),
}

SOURCE = Record(
    "source",
    {
        "from": Field(Text(choices=METHODS), "the method", required=True),
        "versions": Field(Each(TEXT), "the versions it has; an index knows its own"),
        "platforms": Field(Each(TEXT), "globs of the targets it is for (default: all)"),
        "when": Field(WHEN, "the option values that it gives"),
        "provides": Field(Each(PROVIDED), "virtual packages it stands in for"),
        "needs": Field(Each(NEED), "what this source needs where the package runs"),
        "tools": Field(Each(NEED), "what making it needs on the build platform"),
        "conflicts": Field(Each(NEED), "what must not be chosen beside what this source gives"),
        "steps": Field(Each(COMMAND), "argument lists, run in order after unpacking"),
        "parts": Field(Each(PART), "several files, when one is not enough"),
        **PART_FIELDS,
        **_DETAILS,
    },
    lambda fields, line: _source(fields, line),  # noqa: PLW0108 - it is defined below
)


def _source(fields: dict[str, Any], line: int) -> Source:
    lone = _part(fields)
    parts = fields.get("parts", ())
    if parts and set(fields) & set(PART_FIELDS):
        raise ValueError("either `parts` or the fields of one part, not both")
    one_file = fields["from"] in ("archive", "file", "npm", "maven") and "path" not in fields
    if not parts and (one_file or set(fields) & set(PART_FIELDS)):
        parts = (lone,)
    if fields["from"] == "archive" and not all(part.urls for part in parts):
        raise ValueError("`urls` in an archive source")
    return Source(
        method=fields["from"],
        versions=fields.get("versions", ()),
        platforms=fields.get("platforms", ()),
        when=When(fields.get("when", ())),
        parts=parts,
        provides=fields.get("provides", ()),
        needs=fields.get("needs", ()),
        tools=fields.get("tools", ()),
        conflicts=fields.get("conflicts", ()),
        steps=fields.get("steps", ()),
        details=tuple((name, fields[name]) for name in _DETAILS if name in fields),
        line=line,
    )


_VARIABLES = Table(TEXT)


def _env_rules(fields: dict[str, Any], _line: int) -> tuple[EnvRule, ...]:
    when = When(fields.get("when", ()))
    changes: list[EnvChange] = []
    for verb, change in (("set", SetVar), ("prepend", PrependPath), ("append", AppendPath)):
        changes += [change(variable_name(name), value) for name, value in fields.get(verb, ())]
    changes += [UnsetVar(variable_name(name)) for name in fields.get("unset", ())]
    return tuple(EnvRule(change, when) for change in changes)


ENV = Record(
    "env",
    {
        "set": Field(_VARIABLES, "variables to set; `{prefix}` is the package's directory"),
        "prepend": Field(_VARIABLES, "entries for the front of search paths"),
        "append": Field(_VARIABLES, "entries for the end of search paths"),
        "unset": Field(Each(TEXT), "variables to take away"),
        "when": Field(WHEN, "options or `platform` globs under which it holds"),
    },
    _env_rules,
)

TEST = Record(
    "test",
    {
        "files": Field(Each(Text(parse=relative_path)), "files that must exist in the result"),
        "command": Field(COMMAND, "an argument list that must succeed"),
        "prints": Field(TEXT, "a text that the command must print"),
        "when": Field(WHEN, "options or `platform` globs under which it holds"),
    },
    lambda fields, _: ProductTest(
        fields.get("files", ()),
        fields.get("command", ()),
        fields.get("prints"),
        When(fields.get("when", ())) if "when" in fields else ALWAYS,
    ),
)

RECIPE_FIELDS = {
    "name": Field(Text(parse=package_name), "the package; the file's stem", required=True),
    "kind": Field(Text(choices=KINDS), "what sort of thing it is", required=True),
    "summary": Field(TEXT, "one line for people", required=True),
    "license": Field(TEXT, "an SPDX expression, or what its owner calls it"),
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
