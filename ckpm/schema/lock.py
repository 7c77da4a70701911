"""The field tables of a lock: everything in it may have been written by a stranger."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ckpm.model.lock import (
    Artifact,
    Closure,
    Distribution,
    Lock,
    LockedPackage,
    LockedTarget,
    Wheel,
)
from ckpm.model.requirement import parse_requirement
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import (
    ALGORITHMS,
    count,
    distribution_name,
    distribution_pin,
    file_name,
    https_or_http,
    npm_reference,
    option_name,
    option_value,
    package_name,
    plain_version,
    python_version,
    sha_digest,
    shown,
)

FORMAT = "ckpm-lock/1"
MAX_SCOPES = 16
REFERENCES = {"npm": npm_reference, "pypi": distribution_pin, "uv": python_version}
"""How the files of a registry are named, by registry."""

_RECIPE = re.compile(r"[0-9a-f]{32}")
_SHOWN = Text(parse=shown)
_NAME = Text(parse=package_name)
_VERSION = Text(parse=plain_version)


def _scope(text: str) -> str:
    """Take the names of packages whose tools these are, the outermost first; nothing for none."""
    names = text.split("/") if text else []
    if len(names) > MAX_SCOPES:
        raise ValueError(f"at most {MAX_SCOPES} packages, one the tool of another")
    for name in names:
        package_name(name)
    return text


def _requirement(text: str) -> str:
    """Take a requirement, with what stands in for it in parentheses."""
    wanted, _, provider = shown(text).removesuffix(")").partition(" (")
    package_name(parse_requirement(wanted).package)
    if provider:
        package_name(provider)
    return text


def _recipe(text: str) -> str:
    if not _RECIPE.fullmatch(text):
        raise ValueError("32 hexadecimal digits")
    return text


def _named(
    table: tuple[tuple[str, str], ...], parse: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    return tuple((parse(name), value) for name, value in table)


def _artifact(fields: dict[str, Any], _line: int) -> Artifact:
    registry, urls = fields.get("registry"), fields.get("urls", ())
    if registry and (urls or "reference" not in fields):
        raise ValueError("a `reference` into the registry, and no `urls`")
    return Artifact(
        name=fields["name"],
        size=fields.get("size"),
        digests=tuple(fields[name] for name in ALGORITHMS if name in fields),
        urls=urls,
        registry=registry,
        reference=REFERENCES[registry](fields["reference"]) if registry else "",
    )


ARTIFACT = Record(
    "file",
    {
        "name": Field(Text(parse=file_name), "its name", required=True),
        "size": Field(Text(parse=count), "bytes"),
        **{name: Field(Text(parse=sha_digest(name)), f"its {name}") for name in ALGORITHMS},
        "registry": Field(Text(choices=tuple(REFERENCES)), "who finds it by its reference"),
        "reference": Field(_SHOWN, "its name there"),
        "urls": Field(Each(Text(parse=https_or_http)), "mirrors of the same bytes"),
    },
    _artifact,
)

PACKAGE = Record(
    "package",
    {
        "name": Field(_NAME, "the package", required=True),
        "version": Field(_VERSION, "its version", required=True),
        "from": Field(_NAME, "the method of its source, or where it was found", required=True),
        "kind": Field(_SHOWN, "what sort of thing it is"),
        "scope": Field(Text(parse=_scope), "whose tools it belongs to"),
        "recipe": Field(Text(parse=_recipe), "the start of its recipe's sha256"),
        "line": Field(Text(parse=count), "where its source stands in the recipe"),
        "license": Field(_SHOWN, "its licence"),
        "constraint": Field(Text(parse=_requirement), "what must be found again"),
        "evidence": Field(_SHOWN, "what was found"),
        "alternative": Field(_SHOWN, "what could be installed instead"),
        "options": Field(Table(Text(parse=option_value)), "the options chosen"),
        "needs": Field(Each(Text(parse=_requirement)), "what it needs where it runs"),
        "files": Field(Each(ARTIFACT), "the files it is made of"),
    },
    lambda fields, _: _package(fields),
)


def _package(fields: dict[str, Any]) -> LockedPackage:
    if fields["name"] == "python":
        # uv takes it for an interpreter's path otherwise.
        python_version(fields["version"])
    return LockedPackage(
        name=fields["name"],
        version=fields["version"],
        method=fields["from"],
        kind=fields.get("kind", ""),
        options=_named(fields.get("options", ()), option_name),
        scope=fields.get("scope", ""),
        recipe=fields.get("recipe"),
        source_line=fields.get("line", 0),
        artifacts=fields.get("files", ()),
        needs=fields.get("needs", ()),
        license=fields.get("license", ""),
        constraint=fields.get("constraint"),
        evidence=fields.get("evidence"),
        alternative=fields.get("alternative"),
    )


WHEEL = Record(
    "wheel",
    {
        "name": Field(Text(parse=file_name), "its name", required=True),
        "size": Field(Text(parse=lambda text: count(text) if text else None), "bytes"),
        "sha256": Field(Text(parse=sha_digest("sha256")), "its sha256", required=True),
    },
    lambda fields, _: Wheel(fields["name"], fields.get("size"), fields["sha256"].value),
)

DISTRIBUTION = Record(
    "distribution",
    {
        "name": Field(Text(parse=distribution_name), "its name", required=True),
        "version": Field(_VERSION, "its version", required=True),
        "index": Field(Text(parse=https_or_http), "the index that a recipe names for it"),
        "wheels": Field(Each(WHEEL), "what may be installed of it", required=True),
    },
    lambda fields, _: Distribution(
        fields["name"], fields["version"], fields["wheels"], fields.get("index")
    ),
)

CLOSURE = Record(
    "closure",
    {
        "scope": Field(Text(parse=_scope), "whose Python packages these are", required=True),
        "requires-python": Field(
            Text(parse=lambda text: python_version(text.removeprefix("=="))),
            "the Python that they are for",
            required=True,
        ),
        "platform": Field(_SHOWN, "uv's name of the platform"),
        "requirements": Field(Each(_SHOWN), "what was asked of uv", required=True),
        "packages": Field(Each(DISTRIBUTION), "the whole closure", required=True),
    },
    lambda fields, _: Closure(
        fields["scope"],
        fields["requires-python"],
        fields["requirements"],
        fields["packages"],
        fields.get("platform", ""),
    ),
)

TARGET = Record(
    "target",
    {
        "target": Field(_NAME, "the platform", required=True),
        "facts": Field(Table(_VERSION), "what it must have at least", required=True),
        "requires": Field(Each(_SHOWN), "what was required", required=True),
        "packages": Field(Each(PACKAGE), "what was chosen", required=True),
        "python": Field(Each(CLOSURE), "the Python packages of each scope", required=True),
    },
    lambda fields, _: _target(fields),
)


def _target(fields: dict[str, Any]) -> LockedTarget:
    """Take each package once, and each closure for the Python that is locked beside it."""
    packages: tuple[LockedPackage, ...] = fields["packages"]
    identities = [(each.name, each.scope, each.options) for each in packages]
    if twice := next((name for name in identities if identities.count(name) > 1), None):
        raise ValueError(f"each package once, and `{twice[0]}` is there again")
    pythons = {each.scope: each.version for each in packages if each.name == "python"}
    for closure in fields["python"]:
        if pythons.get(closure.scope, closure.python) != closure.python:
            raise ValueError(f"packages for Python {pythons[closure.scope]}, which is locked")
    return LockedTarget(
        fields["target"],
        _named(fields["facts"], package_name),
        fields["requires"],
        packages,
        fields["python"],
    )


LOCK = Record(
    "lock",
    {
        "format": Field(Text(choices=(FORMAT,)), "how it is to be read", required=True),
        "resolver": Field(_SHOWN, "which rules chose", required=True),
        "lines": Field(Text(parse=count), "how many lines the whole file has"),
        "environment": Field(_NAME, "what it is of", required=True),
        "targets": Field(Each(TARGET), "one entry a target", required=True),
    },
    lambda fields, _: Lock(fields["environment"], fields["targets"]),
)
