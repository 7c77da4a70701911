"""The field tables of what recipes ask for, stand in for and leave open."""

from __future__ import annotations

from typing import Any

from ckpm.model.ranges import ANY, parse_range
from ckpm.model.recipe import Need, Option, Provided, When
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.recipe.toolchains import TEXT, WHEN
from ckpm.schema.fields import Each, Field, Record, Text
from ckpm.schema.values import count, option_value, package_name, plain_version


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
        "version": Field(Text(parse=plain_version), "its version; the package's own when absent"),
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

_VALUE = Text(parse=option_value)

OPTION = Record(
    "option",
    {
        "values": Field(Each(_VALUE), "the values it can take", required=True),
        "default": Field(
            _VALUE, "the value when nobody asks; it yields when it must", required=True
        ),
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
