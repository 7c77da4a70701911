"""The field tables of sources: ways to obtain a package, and the files that they take."""

from __future__ import annotations

from typing import Any

from ckpm.model.recipe import Part, Source, When
from ckpm.recipe.needs import NEED, PROVIDED
from ckpm.recipe.toolchains import COMMAND, TEXT, WHEN
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import (
    ALGORITHMS,
    count,
    distribution_name,
    distribution_pin,
    https_or_http,
    maven_artifact,
    npm_reference,
    plain_version,
    relative_path,
    sha_digest,
    truth,
)

METHODS = (
    "pypi", "archive", "file", "npm", "maven", "build", "system", "manual", "uv-python",
)  # fmt: skip

SYSTEMS = ("cmake", "meson", "autotools", "make", "cargo", "commands")

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
    "package": Field(Text(parse=npm_reference), "npm: `name==version`"),
}


def _distribution(text: str) -> str:
    """Take the name of a distribution, and its version where that is another than the package's."""
    return distribution_pin(text) if "==" in text else distribution_name(text)


def part_of(fields: dict[str, Any]) -> Part:
    """Return the file that the fields of one part describe."""
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


PART = Record("part", PART_FIELDS, lambda fields, _: part_of(fields))

_DETAILS: dict[str, Field] = {
    "package": Field(Text(parse=npm_reference), "npm: `name==version`"),
    "artifact": Field(
        Text(parse=maven_artifact), "maven: `group:artifact`, and `packaging` after a second colon"
    ),
    "distribution": Field(
        Text(parse=_distribution), "pypi: the distribution; the package's name when absent"
    ),
    "extras": Field(Each(Text(parse=distribution_name)), "pypi: extras to install"),
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
        "versions": Field(
            Each(Text(parse=plain_version)), "the versions it has; an index knows its own"
        ),
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
    lone = part_of(fields)
    parts = fields.get("parts", ())
    if parts and set(fields) & set(PART_FIELDS):
        raise ValueError("either `parts` or the fields of one part, not both")
    one_file = fields["from"] in ("archive", "file", "npm", "maven") and "path" not in fields
    if not parts and (one_file or set(fields) & set(PART_FIELDS)):
        parts = (lone,)
    if fields["from"] == "archive" and not all(part.urls for part in parts):
        raise ValueError("`urls` in an archive source")
    if fields["from"] == "file" and not fields.get("path") and not any(p.urls for p in parts):
        raise ValueError("`path` or `urls` in a file source")
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
