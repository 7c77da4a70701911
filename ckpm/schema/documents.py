"""Strict YAML: text in, plain nodes with line numbers out, and a writer for what we keep.

Every scalar stays text (``1.10`` stays ``1.10``). No aliases, tags or merges, and caps on size and
depth: a content file is data from strangers.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckpm.errors import ContentError, NotFoundError

MAX_BYTES = 4 << 20
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text and its lines (from 1); ``quoted`` tells ``"null"`` from ``null``."""

    text: str
    line: int
    quoted: bool = False
    closes: int = 0


@dataclass(frozen=True, slots=True)
class Sequenced:
    """A list of nodes; one in brackets knows the line of the last of them."""

    items: tuple[Node, ...]
    line: int
    closes: int = 0


@dataclass(frozen=True, slots=True)
class Mapped:
    """Keys, with their lines, to nodes, in the order of the file."""

    entries: dict[str, Node] = field(hash=False)
    line: int
    key_lines: dict[str, int] = field(default_factory=dict, hash=False)
    closes: int = 0


Node = Scalar | Sequenced | Mapped


def read_document(path: Path) -> Mapped:
    """Read one file whose document is a mapping.

    Raises:
        ContentError: for anything that is not strict YAML, with file and line.
        NotFoundError: when there is no such file.
    """
    return parse_document(read_text(path), str(path))


def read_list(path: Path) -> Sequenced:
    """Read one file whose document is a list; raises as ``read_document``."""
    node = _parse(read_text(path), str(path))
    if not isinstance(node, Sequenced):
        raise ContentError([f"{path}:1: expected a list"])
    return node


def read_text(path: Path) -> str:
    """Return the text of a regular file; raises as ``read_document``."""
    try:
        data = _read(path)
    except OSError as error:
        raise NotFoundError(f"cannot read `{path}`: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ContentError([f"{path}: larger than {MAX_BYTES >> 20} MiB"])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ContentError([f"{path}: not UTF-8 text"]) from None


def _read(path: Path) -> bytes:
    """Read no more than is looked at; a pipe is not waited for, and a device not drained."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ContentError([f"{path}: not a regular file"])
        return file.read(MAX_BYTES + 1)


def parse_document(text: str, name: str) -> Mapped:
    """Read a text whose document is a mapping; ``name`` stands in messages."""
    node = _parse(text, name)
    if not isinstance(node, Mapped):
        raise ContentError([f"{name}:1: expected a mapping of fields"])
    return node


def _parse(text: str, name: str) -> Node | None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(name, iter(yaml.parse(text, Loader=loader))).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise ContentError([f"{name}:{line}: {problem}"]) from None


def plain(node: Node | None) -> Any:
    """Return a node as lists, mappings and texts, without lines."""
    match node:
        case Scalar(text):
            return text
        case Sequenced(items):
            return [plain(item) for item in items]
        case Mapped(entries):
            return {key: plain(item) for key, item in entries.items()}
        case None:
            return None


class _Composer:
    """Turn parser events into nodes."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events
        self.closed = 0

    def document(self) -> Node | None:
        node: Node | None = None
        for event in self.events:
            match type(event).__name__:
                case "StreamStartEvent" | "DocumentEndEvent" | "StreamEndEvent":
                    continue
                case _:
                    if node is not None:
                        raise self.fault(event, "only one document a file")
                    node = self.node(next(self.events), 0)
        return node

    def node(self, event: Any, depth: int) -> Node:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise self.fault(event, f"nested deeper than {MAX_DEPTH} levels")
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise self.fault(event, "anchors and aliases are not allowed")
        if getattr(event, "tag", None) not in (None, "!"):
            raise self.fault(event, f"the tag `{event.tag}` is not allowed")
        if kind == "ScalarEvent":
            is_block = event.style in ("|", ">")
            closes = 0 if is_block else event.end_mark.line + 1
            return Scalar(event.value, line, is_block or event.style in ("'", '"'), closes)
        if kind == "SequenceStartEvent":
            items = tuple(self.items(depth))
            return Sequenced(items, line, self.closed if event.flow_style else 0)
        entries, lines = self.entries(depth)
        return Mapped(entries, line, lines, self.closed if event.flow_style else 0)

    def items(self, depth: int) -> Iterator[Node]:
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            yield self.node(event, depth + 1)
        self.closed = event.end_mark.line + 1

    def entries(self, depth: int) -> tuple[dict[str, Node], dict[str, int]]:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar) or (key.text == "<<" and not key.quoted):
                raise self.fault(event, "a key must be plain text")
            if key.text in entries:
                raise self.fault(event, f"`{key.text}` is given twice")
            entries[key.text] = self.node(next(self.events), depth + 1)
            lines[key.text] = key.line
        self.closed = event.end_mark.line + 1
        return entries, lines

    def fault(self, event: Any, what: str) -> ContentError:
        return ContentError([f"{self.name}:{event.start_mark.line + 1}: {what}"])


Plain = str | int | float | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]


def write_document(value: Mapping[str, Plain]) -> str:
    """Return stable block YAML; every text that could be read as something else is quoted."""
    return "".join(f"{line}\n" for line in _mapping_lines(value))


def write_list(values: Sequence[Plain]) -> str:
    """Return a list as ``write_document`` writes a mapping."""
    return "".join(f"{line}\n" for line in _nested_lines(values))


def _mapping_lines(value: Mapping[str, Plain]) -> Iterator[str]:
    for key, item in value.items():
        nested = list(_nested_lines(item))
        if not nested:
            yield f"{_scalar(key)}: {_scalar(item)}"
            continue
        yield f"{_scalar(key)}:"
        indent = "" if isinstance(item, Sequence) else "  "
        yield from (indent + line for line in nested)


def _nested_lines(item: Plain) -> Iterator[str]:
    if isinstance(item, Mapping) and item:
        yield from _mapping_lines(item)
    elif isinstance(item, Sequence) and not isinstance(item, str) and item:
        for element in item:
            nested = list(_nested_lines(element)) or [_scalar(element)]
            yield f"- {nested[0]}"
            yield from (f"  {line}" for line in nested[1:])


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+@=<>,:~ ")
_WORDS = frozenset(["", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"])


def _scalar(value: Plain) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[]"
    text = str(value)
    return text if not isinstance(value, str) or _is_plain(text) else _quoted(text)


def _is_plain(text: str) -> bool:
    starts_well = text[:1].isalpha() or text[:1] == "/"
    risky = ": " in text or " #" in text or text.endswith((":", " ")) or text.lower() in _WORDS
    return starts_well and not risky and _PLAIN.issuperset(text)


def _quoted(text: str) -> str:
    import json

    # JSON's strings are YAML's double-quoted ones as long as everything odd is escaped.
    return json.dumps(text, ensure_ascii=not text.isprintable())
