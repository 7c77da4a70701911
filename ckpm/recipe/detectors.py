"""The field table of detectors."""

from __future__ import annotations

import re
from typing import Any

from ckpm.model.detector import Detector, VersionProbe
from ckpm.recipe.fields import Each, Field, Record, Table, Text
from ckpm.recipe.values import package_name, relative_path

_TEXTS = Each(Text(), lone=True)


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from None
    if groups != 1:
        raise ValueError(f"a pattern with one group, not {groups}")
    return text


VERSION = Record(
    "version",
    {
        "args": Field(
            Each(Text()), "arguments that make it print its version (default: --version)"
        ),
        "pattern": Field(Text(parse=_pattern), "a regular expression with one group"),
        "file": Field(Text(parse=relative_path), "a file below the prefix to read instead"),
    },
    lambda fields, _: VersionProbe(**fields),
)

DETECTOR = Record(
    "detector",
    {
        "package": Field(Text(parse=package_name), "the package it finds", required=True),
        "executables": Field(_TEXTS, "names to look for; `*` stands for a version suffix"),
        "roots": Field(_TEXTS, "directories to look into beside PATH; `$VARIABLE` and `*` allowed"),
        "files": Field(_TEXTS, "files whose presence below a root is an installation"),
        "libraries": Field(_TEXTS, "shared or static libraries"),
        "headers": Field(_TEXTS, "headers that make it usable for development"),
        "distribution": Field(Text(), "a Python distribution"),
        "version": Field(VERSION, "how to learn the version"),
        "excludes": Field(Text(), "a pattern: output that matches belongs to another package"),
        "prefix": Field(Text(), "where the prefix is, from the file found"),
        "options": Field(Table(Text()), "options that it has when found"),
    },
    lambda fields, _: _detector(fields),
)


def _detector(fields: dict[str, Any]) -> Detector:
    finders = ("executables", "files", "libraries", "distribution")
    if not any(name in fields for name in finders):
        raise ValueError(f"one of {', '.join(finders)}")
    return Detector(**fields)
