"""Edit an environment file in place: comments, order and style of everything else stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ckpm.model.requirement import Coexist, Requirement, parse_requirement
from ckpm.schema.documents import (
    Mapped,
    Node,
    Plain,
    Scalar,
    Sequenced,
    parse_document,
    plain,
    write_document,
    write_list,
)
from ckpm.system.files import write_text


def _none(_package: str) -> Sequence[str]:
    return ()


def new_environment(name: str) -> str:
    """Return the text of a fresh environment file."""
    return f"name: {name}\nrequires: []\n"


def require(
    text: str, asked: Sequence[Requirement], name: str = "ckpm.yaml", coexist: Coexist = _none
) -> str:
    """Return the file with requirements added, in place of others for the same packages.

    Requirements that differ in a ``coexist`` option stand beside each other, and what is required
    under a condition stays as it is.
    """
    entries = parse_document(text, name).entries
    items = _items(entries.get("requires"))
    known = [None if _is_conditional(item) else parse_requirement(_shown(item)) for item in items]
    new = [each for each in dict.fromkeys(asked) if each not in known]
    said: list[str | None] = []
    for item, found in zip(items, known, strict=True):
        instead = found and _instead(found, asked, new, coexist)
        said.append(_shown(item) if instead is found else str(instead) if instead else None)
    return _rewritten(text, entries, said, [str(each) for each in new])


def _instead(
    found: Requirement, asked: Sequence[Requirement], new: list[Requirement], coexist: Coexist
) -> Requirement | None:
    """Return what stands in a requirement's place: itself, or one taken from the new ones."""

    def rivals(other: Requirement) -> bool:
        return other.identity(coexist(other.package)) == found.identity(coexist(found.package))

    if found in asked or not any(map(rivals, asked)):
        return found
    instead = next(filter(rivals, new), None)
    if instead is not None:
        new.remove(instead)
    return instead


def unrequire(text: str, package: str, name: str = "ckpm.yaml") -> str | None:
    """Return the file without all that requires a package, or ``None`` when nothing does."""
    entries = parse_document(text, name).entries
    items = _items(entries.get("requires"))
    said = [None if _package(item) == package else _shown(item) for item in items]
    return _rewritten(text, entries, said, []) if None in said else None


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


def _is_conditional(item: Node) -> bool:
    return isinstance(item, Mapped) and "when" in item.entries


def _rewritten(
    text: str, entries: Mapping[str, Node], said: Sequence[str | None], more: Sequence[str]
) -> str:
    """Return the file with what each item of the list says now, ``None`` of those that go."""
    node = entries.get("requires")
    if not more and list(said) == [_shown(item) for item in _items(node)]:
        return text
    after = list(zip(_items(node), said, strict=True))
    if not isinstance(node, Sequenced) or node.closes or not (any(said) or more):
        kept = [line for item, each in after if each for line in _written(item, each)]
        return _anew(text, entries, [*kept, *map(_line, more)])
    lines = _with_final_newline(text).splitlines(keepends=True)
    first = lines[node.items[0].line - 1]
    indent = first[: len(first) - len(first.lstrip())]
    end = _last_line(node.items[-1])
    lines[end:end] = [indent + _line(each) for each in more]
    for item, each in reversed(after):
        if each != _shown(item):
            start, stop = item.line - 1, _last_line(item)
            lines[start:stop] = _replaced(lines[start:stop], item, each)
    return "".join(lines)


def _replaced(lines: list[str], item: Node, said: str | None) -> list[str]:
    """Return an item's lines as they say something else; a comment behind a text stays."""
    if said is None:
        return []
    before, found, behind = lines[0].partition(_shown(item))
    if isinstance(item, Scalar) and found and len(lines) == 1 and not said.endswith(":"):
        return [f"{before}{said}{behind}"]
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [f"{indent}{each}" for each in _written(item, said)]


def _written(item: Node, said: str) -> list[str]:
    """Return the lines of one item; whatever else belongs to it is kept."""
    if not isinstance(item, Mapped):
        return [_line(said)]
    return write_list([{**plain(item), "package": said}]).splitlines(keepends=True)


def _line(said: str) -> str:
    # A colon at the end would make a key of it.
    return f'- "{said}"\n' if said.endswith(":") else f"- {said}\n"


def _anew(text: str, entries: Mapping[str, Node], items: Sequence[str]) -> str:
    """Return the file with the lines of its list written anew."""
    block = ["requires:\n", *(f"  {line}" for line in items)] if items else ["requires: []\n"]
    lines = _with_final_newline(text).splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.startswith("requires:")), None)
    if start is None:
        position = next((i + 1 for i, line in enumerate(lines) if line.startswith("name:")), 0)
        return "".join([*lines[:position], *block, *lines[position:]])
    end = max(_last_line(entries["requires"]), start + 1)
    return "".join([*lines[:start], *block, *lines[end:]])


def _last_line(node: Node) -> int:
    match node:
        case Scalar():
            return max(node.line, node.closes)
        case Sequenced():
            return max([node.line, node.closes, *map(_last_line, node.items)])
        case Mapped():
            return max([node.line, node.closes, *map(_last_line, node.entries.values())])


def _with_final_newline(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
