"""The field table of detectors."""

from __future__ import annotations

import re
from typing import Any

from ckpm.model.detector import KINDS, ROOT_SETS, Detector, VersionProbe
from ckpm.recipe.layouts import CONTENTS, completed, layout_fields
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import package_name, relative_path

_TEXTS = Each(Text(), lone=True)


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from None
    if groups != 1:
        raise ValueError(f"a pattern with one group, not {groups}")
    return text


def _version(text: str) -> str:
    if not re.fullmatch(r"\d\S*", text):
        raise ValueError(f"a version, not `{text}`")
    return text


def _root(text: str) -> str:
    name = text.partition("/")[0]
    if name.startswith("@") and name[1:] not in ROOT_SETS:
        known = ", ".join(f"`@{each}`" for each in ROOT_SETS)
        raise ValueError(f"one of {known}, not `{name}`")
    return text


VERSION = Record(
    "version",
    {
        "args": Field(
            Each(Text()),
            "arguments that make it print its version (default: --version, unless there is `file`)",
        ),
        "pattern": Field(Text(parse=_pattern), "a regular expression with one group"),
        "file": Field(
            Text(parse=relative_path), "a file below the prefix that tells, before anything is run"
        ),
        "is": Field(Text(parse=_version), "the version of what carries none, such as data"),
    },
    lambda fields, _: _probe(fields),
)

LAYOUT = Record("layout", layout_fields(VERSION), lambda fields, _: fields)

DETECTOR = Record(
    "detector",
    {
        "package": Field(Text(parse=package_name), "the package it finds", required=True),
        "kind": Field(Text(choices=tuple(KINDS)), "the group that listings show it in"),
        "executables": Field(_TEXTS, "names to look for; `*` stands for a version suffix"),
        "roots": Field(
            Each(Text(parse=_root), lone=True),
            "directories to look into beside PATH; `@set`, `$VARIABLE` and `*` allowed",
        ),
        "files": Field(_TEXTS, "files whose presence below a root is an installation"),
        **CONTENTS,
        "layouts": Field(Each(LAYOUT), "forms in which it may lie there, beside the above"),
        "libraries": Field(_TEXTS, "shared or static libraries"),
        "headers": Field(_TEXTS, "headers that make it usable for development"),
        "distribution": Field(Text(), "a Python distribution"),
        "version": Field(VERSION, "how to learn the version"),
        "excludes": Field(Text(), "a pattern: output that matches belongs to another package"),
        "prefix": Field(Text(), "where the prefix is, from the file found"),
        "options": Field(Table(Text()), "options that it has when found"),
        "names": Field(Table(Text()), "what other tools call it: `spack`, `conan`"),
    },
    lambda fields, _: _detector(fields),
)


def _probe(fields: dict[str, Any]) -> VersionProbe:
    stated = fields.pop("is", None)
    if "file" in fields:
        fields.setdefault("args", None)
    return VersionProbe(**fields, stated=stated)


def _detector(fields: dict[str, Any]) -> Detector:
    finders = ("executables", "files", "layouts", "libraries", "distribution")
    if not any(name in fields for name in finders):
        raise ValueError(f"one of {', '.join(finders)}")
    if "version" in fields and fields["version"].stated and not _is_data(fields):
        raise ValueError("`is` only where files alone tell that it is there")
    layouts = completed(fields)
    return Detector(**fields, layouts=layouts)


def _is_data(fields: dict[str, Any]) -> bool:
    return not any(name in fields for name in ("executables", "libraries", "distribution"))
