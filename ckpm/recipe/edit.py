"""Edit an environment file in place: comments, order and style of everything else stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.schema.documents import (
    Mapped,
    Node,
    Plain,
    Scalar,
    Sequenced,
    parse_document,
    write_document,
)
from ckpm.system.files import write_text


def new_environment(name: str) -> str:
    """Return the text of a fresh environment file."""
    return f"name: {name}\nrequires: []\n"


def require(
    text: str, requirement: Requirement, name: str = "ckpm.yaml", coexist: Sequence[str] = ()
) -> str:
    """Return the file with a requirement added, or in place of the one for the same package.

    Requirements that differ in a ``coexist`` option stand beside each other.
    """
    entries = parse_document(text, name).entries
    items = _items(entries.get("requires"))
    for item in items:
        found = parse_requirement(_shown(item))
        if found.identity(coexist) == requirement.identity(coexist):
            return _replace_item(text, item, str(requirement))
    return _append(text, entries, str(requirement))


def unrequire(text: str, package: str, name: str = "ckpm.yaml") -> str | None:
    """Return the file without the requirement of a package, or ``None`` when it has none."""
    entries = parse_document(text, name).entries
    items = _items(entries.get("requires"))
    kept = [item for item in items if _package(item) != package]
    if len(kept) == len(items):
        return None
    if not kept or _is_flow(text, entries.get("requires")):
        return _flow(text, entries, [_shown(item) for item in kept])
    gone = next(item for item in items if _package(item) == package)
    lines = text.splitlines(keepends=True)
    end = _last_line(gone)
    return "".join(lines[: gone.line - 1] + lines[end:])


def declare(text: str, package: str, fields: Mapping[str, Plain], name: str = "ckpm.yaml") -> str:
    """Return the file with a package of its own declared, in place of one of that name."""
    text = _undeclared(text, package, name)
    entries = parse_document(text, name).entries
    block = [f"  {line}\n" for line in write_document({package: fields}).splitlines()]
    packages = entries.get("packages")
    lines = _with_final_newline(text).splitlines(keepends=True)
    if not isinstance(packages, Mapped) or not packages.entries:
        lines = [line for line in lines if not line.startswith("packages:")]
        return "".join([*lines, "packages:\n", *block])
    end = max(_last_line(node) for node in packages.entries.values())
    return "".join([*lines[:end], *block, *lines[end:]])


def _undeclared(text: str, package: str, name: str) -> str:
    packages = parse_document(text, name).entries.get("packages")
    if not isinstance(packages, Mapped) or package not in packages.entries:
        return text
    lines = text.splitlines(keepends=True)
    end = _last_line(packages.entries[package])
    start = max(n for n in range(end) if lines[n].split(":")[0].strip(" \"'") == package)
    return "".join([*lines[:start], *lines[end:]])


def undeclare(text: str, package: str, name: str = "ckpm.yaml") -> str:
    """Return the file without its own declaration of a package, if it has one."""
    packages = parse_document(text, name).entries.get("packages")
    if not isinstance(packages, Mapped) or package not in packages.entries:
        return text
    lines = text.splitlines(keepends=True)
    start, end = packages.key_lines[package] - 1, _last_line(packages.entries[package])
    if len(packages.entries) == 1:
        start = min(start, packages.key_lines[package] - 2)
    return "".join(lines[:start] + lines[end:])


def save(path: Path, text: str) -> None:
    """Write an edited file whole."""
    write_text(path, text)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequenced) else ()


def _package(item: Node) -> str:
    return parse_requirement(_shown(item)).package


def _shown(item: Node) -> str:
    if isinstance(item, Mapped):
        package = item.entries["package"]
        return package.text if isinstance(package, Scalar) else ""
    return item.text if isinstance(item, Scalar) else ""


def _is_flow(text: str, node: Node | None) -> bool:
    """Whether a list is written in brackets."""
    if not isinstance(node, Sequenced):
        return True
    return "[" in text.splitlines()[node.line - 1] if node.items else True


def _replace_item(text: str, item: Node, requirement: str) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[item.line - 1]
    old = _shown(item)
    position = line.index(old)
    lines[item.line - 1] = line[:position] + requirement + line[position + len(old) :]
    return "".join(lines)


def _append(text: str, entries: Mapping[str, Node], requirement: str) -> str:
    node = entries.get("requires")
    if _is_flow(text, node):
        return _flow(text, entries, [*(_shown(item) for item in _items(node)), requirement])
    items = _items(node)
    lines = _with_final_newline(text).splitlines(keepends=True)
    first = lines[items[0].line - 1]
    indent = first[: len(first) - len(first.lstrip())] or "  "
    end = _last_line(items[-1])
    return "".join([*lines[:end], f"{indent}- {requirement}\n", *lines[end:]])


def _flow(text: str, entries: Mapping[str, Node], requirements: list[str]) -> str:
    """Write the list anew, one item a line."""
    block = (
        ["requires:\n", *(f"  - {item}\n" for item in requirements)]
        if requirements
        else ["requires: []\n"]
    )
    lines = _with_final_newline(text).splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.startswith("requires:")), None)
    if start is None:
        position = next((i + 1 for i, line in enumerate(lines) if line.startswith("name:")), 0)
        return "".join([*lines[:position], *block, *lines[position:]])
    node = entries["requires"]
    end = max(_last_line(node), start + 1)
    return "".join([*lines[:start], *block, *lines[end:]])


def _last_line(node: Node) -> int:
    match node:
        case Scalar():
            return node.line
        case Sequenced():
            return max([node.line, *map(_last_line, node.items)])
        case Mapped():
            return max([node.line, *map(_last_line, node.entries.values())])


def _with_final_newline(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
