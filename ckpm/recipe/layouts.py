"""The fields by which detectors say what data and models look like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckpm.model.layout import Amount, Layout
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import ALGORITHMS, count

_AMOUNT = re.compile(r"(>=|<=)?\s*(\d+)")
_HEX = re.compile(r"[0-9a-f]{8,}")


def _pattern(text: str) -> str:
    try:
        return re.compile(text).pattern
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from None


def _amount(text: str) -> Amount:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"a number, `>=` or `<=` and a number, not `{text}`")
    number = count(match[2])
    limits = {">=": (number, None), "<=": (0, number), None: (number, number)}
    return Amount(*limits[match[1]])


def _checksum(text: str) -> str:
    algorithm, _, digits = text.partition(":")
    length = ALGORITHMS.get(algorithm, 0)
    if not _HEX.fullmatch(digits) or len(digits) > length:
        raise ValueError(f"`sha256:` or another algorithm and 8 or more digits, not `{text}`")
    return text


CONTENTS = {
    "contains": Field(Table(Text(parse=_pattern)), "files and patterns that match in them"),
    "sizes": Field(Table(Text(parse=_amount)), "files and their bytes: `17`, `>=17`, `<=17`"),
    "counts": Field(
        Table(Text(parse=_amount)), "names in one directory, such as `val/*.jpg`, and how many"
    ),
    "checksums": Field(
        Table(Text(parse=_checksum)), "files and `sha256:` or `md5:` with at least 8 digits"
    ),
}


def layout_fields(version: Record) -> dict[str, Field]:
    """Return the fields of one layout; a version is learnt as a detector's own."""
    return {
        "files": Field(Each(Text(), lone=True), "files that are there"),
        **CONTENTS,
        "options": Field(Table(Text()), "options that it has in this form"),
        "version": Field(version, "how to learn the version of this form"),
    }


def completed(fields: dict[str, Any]) -> tuple[Layout, ...]:
    """Take the layouts out of a detector's fields, each with what the detector says of all."""
    shared = {name: fields.pop(name) for name in CONTENTS if name in fields}
    layouts = fields.pop("layouts", ({},) if shared else ())
    shared |= {name: fields[name] for name in ("files", "options") if name in fields}
    found = tuple(_joined(shared, own) for own in layouts)
    if not all(layout.files for layout in found):
        raise ValueError("`files` in each layout: they prove that it is there")
    return found


def _joined(shared: Mapping[str, Any], own: Mapping[str, Any]) -> Layout:
    return Layout(**{**own, **{name: (*shared[name], *own.get(name, ())) for name in shared}})
