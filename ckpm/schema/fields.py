"""The field tables of content files: one source for the decoder, the JSON Schema and the docs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ckpm.schema.documents import Node


@dataclass(frozen=True)
class Text:
    """One text; ``parse`` types it and raises ``ValueError`` for what it does not take."""

    parse: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True)
class Each:
    """A list; a lone value stands for a list of one when ``lone`` says so."""

    kind: Kind
    lone: bool = False


@dataclass(frozen=True)
class Table:
    """A mapping of free keys to one kind of value."""

    kind: Kind


@dataclass(frozen=True)
class Field:
    """One field: its kind, what it means, and whether it must be there."""

    kind: Kind
    doc: str
    required: bool = False


@dataclass(frozen=True)
class Record:
    """A mapping of known fields; ``shorthand`` reads a lone text instead.

    ``build`` makes the value from the decoded fields, the node's line given as ``line``.
    """

    name: str
    fields: dict[str, Field]
    build: Callable[[dict[str, Any], int], Any]
    shorthand: Callable[[str, int], Any] | None = None


Kind = Text | Each | Table | Record

__all__ = ["Each", "Field", "Kind", "Node", "Record", "Table", "Text"]
