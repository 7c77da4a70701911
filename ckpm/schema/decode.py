"""Decode a document by a field table, collecting every fault with its line and path."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ckpm.errors import CkpmError, ContentError
from ckpm.schema.documents import Mapped, Node, Scalar, Sequenced
from ckpm.schema.fields import Each, Field, Kind, Record, Table, Text


class _Missing(NamedTuple):
    """Stands for a value that could not be decoded; its fault is noted already."""


_MISSING = _Missing()


def decode(kind: Record | Each, node: Node, name: str) -> Any:
    """Return what ``kind`` builds from the document ``name``.

    Raises:
        ContentError: with all faults of the document, each as ``name:line: path: what``.
    """
    decoder = _Decoder(name)
    value = decoder.value(kind, node, "")
    if decoder.faults:
        raise ContentError(decoder.faults)
    return value


class _Decoder:
    """Walks kinds and nodes side by side."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []

    def fault(self, line: int, path: str, what: str) -> _Missing:
        where = f"{path}: " if path else ""
        self.faults.append(f"{self.name}:{line}: {where}{what}")
        return _MISSING

    def value(self, kind: Kind, node: Node, path: str) -> Any:
        match kind:
            case Text():
                return self.text(kind, node, path)
            case Each():
                return self.sequence(kind, node, path)
            case Table():
                return self.table(kind, node, path)
            case Record():
                return self.record(kind, node, path)

    def text(self, kind: Text, node: Node, path: str) -> Any:
        if not isinstance(node, Scalar):
            return self.fault(node.line, path, "expected a text")
        if kind.choices and node.text not in kind.choices:
            near = _nearest(node.text, kind.choices)
            return self.fault(
                node.line, path, f"`{node.text}` is not one of {_listed(kind.choices)}{near}"
            )
        return self.attempt(lambda: kind.parse(node.text), node.line, path)

    def sequence(self, kind: Each, node: Node, path: str) -> Any:
        if isinstance(node, Sequenced):
            values = [
                self.value(kind.kind, item, f"{path}[{i}]") for i, item in enumerate(node.items)
            ]
            return tuple(value for value in values if value is not _MISSING)
        if kind.lone:
            value = self.value(kind.kind, node, path)
            return () if value is _MISSING else (value,)
        return self.fault(node.line, path, "expected a list")

    def table(self, kind: Table, node: Node, path: str) -> Any:
        if not isinstance(node, Mapped):
            return self.fault(node.line, path, "expected a mapping")
        pairs = [
            (key, self.value(kind.kind, item, f"{path}.{key}"))
            for key, item in node.entries.items()
        ]
        return tuple((key, value) for key, value in pairs if value is not _MISSING)

    def record(self, kind: Record, node: Node, path: str) -> Any:
        if isinstance(node, Scalar) and kind.shorthand is not None:
            shorthand = kind.shorthand
            return self.attempt(lambda: shorthand(node.text, node.line), node.line, path)
        if not isinstance(node, Mapped):
            return self.fault(node.line, path, "expected a mapping")
        before = len(self.faults)
        self.check_names(kind, node, path)
        fields = self.fields(kind.fields, node, path)
        if len(self.faults) > before:
            return _MISSING
        return self.attempt(lambda: kind.build(fields, node.line), node.line, path)

    def check_names(self, kind: Record, node: Mapped, path: str) -> None:
        for name in node.entries:
            if name not in kind.fields:
                near = _nearest(name, kind.fields)
                self.fault(
                    node.key_lines.get(name, node.line), path, f"unknown field `{name}`{near}"
                )
        for name, field in kind.fields.items():
            if field.required and name not in node.entries:
                self.fault(node.line, path, f"the field `{name}` is missing")

    def fields(self, fields: dict[str, Field], node: Mapped, path: str) -> dict[str, Any]:
        prefix = f"{path}." if path else ""
        values = {
            name: self.value(field.kind, node.entries[name], prefix + name)
            for name, field in fields.items()
            if name in node.entries
        }
        return {name: value for name, value in values.items() if value is not _MISSING}

    def attempt(self, make: Callable[[], Any], line: int, path: str) -> Any:
        try:
            return make()
        except CkpmError as error:
            return self.fault(line, path, error.message.replace("\n", "\n    "))
        except ValueError as error:
            return self.fault(line, path, f"expected {error.args[0]}")


def _listed(choices: Iterable[str]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""
