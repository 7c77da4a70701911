"""The JSON Schema of content files, and rows for the reference page, from the field tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckpm.recipe.detectors import DETECTOR
from ckpm.recipe.environments import ENVIRONMENT
from ckpm.recipe.recipes import RECIPE
from ckpm.schema.fields import Each, Kind, Record, Table, Text

RECORDS = {"recipe": RECIPE, "detector": DETECTOR, "environment": ENVIRONMENT}


def json_schema(kind: str) -> dict[str, Any]:
    """Return the schema of one kind of file: ``recipe``, ``detector`` or ``environment``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"ckpm {kind}",
        **_schema(RECORDS[kind]),
    }


def _schema(kind: Kind) -> dict[str, Any]:
    match kind:
        case Text(choices=choices) if choices:
            return {"enum": list(choices)}
        case Text():
            # Editors read 300 and true as what YAML calls them; the decoder reads them as text.
            return {"type": ["string", "number", "boolean"]}
        case Each(kind=inner, lone=lone):
            many: dict[str, Any] = {"type": "array", "items": _schema(inner)}
            return {"anyOf": [many, _schema(inner)]} if lone else many
        case Table(kind=inner):
            return {"type": "object", "additionalProperties": _schema(inner)}
        case Record():
            return _record(kind)


def _record(record: Record) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": field.doc, **_schema(field.kind)}
            for name, field in record.fields.items()
        },
    }
    if required := [name for name, field in record.fields.items() if field.required]:
        schema["required"] = required
    return {"anyOf": [{"type": "string"}, schema]} if record.shorthand else schema


def reference_rows(kind: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (path, kind, required, what it means) for every field, depth first."""
    yield from _rows(RECORDS[kind], "")


def _rows(record: Record, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in record.fields.items():
        inner, shape = _described(field.kind)
        yield f"{prefix}{name}", shape, "yes" if field.required else "", field.doc
        if isinstance(inner, Record):
            mark = (
                "[]."
                if isinstance(field.kind, Each)
                else ".*."
                if isinstance(field.kind, Table)
                else "."
            )
            yield from _rows(inner, f"{prefix}{name}{mark}")


def _described(kind: Kind) -> tuple[Kind, str]:
    match kind:
        case Each(kind=inner):
            return inner, f"list of {_described(inner)[1]}"
        case Table(kind=inner):
            return inner, f"mapping to {_described(inner)[1]}"
        case Record(name=name):
            return kind, name
        case Text(choices=choices):
            return kind, " \\| ".join(f"`{choice}`" for choice in choices) if choices else "text"
