"""Read problem files: packages that are all written down, as JSON or strict YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

from ckpm.errors import ContentError, RequirementSyntaxError
from ckpm.model.question import Conditional, Described, Listing, Question
from ckpm.model.ranges import among
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.version import InvalidVersionError, Scheme, Version
from ckpm.schema.documents import parse_document, plain
from ckpm.schema.values import package_name

FORMAT = "ckpm-problem/1"
MAX_BYTES = 64 << 20
MODES = ("newest", "lowest")
FIELDS = ("format", "scheme", "packages", "requires", "constraints", "locked", "excluded", "prefer")
ASKING = ("needs", "conflicts", "tools")
OF_VERSION = (*ASKING, "provides", "options")
OF_PACKAGE = (*OF_VERSION, "coexist", "prefer")


def parse_question(text: str, name: str) -> Question:
    """Read a problem file's text; ``name`` stands in messages.

    Raises:
        ContentError: with all faults, each with the path to it.
    """
    return read_question(_document(text, name), name)


def read_question(document: Any, name: str) -> Question:
    """Read a problem that is plain data already: mappings, lists and texts.

    Raises:
        ContentError: with all faults, each with the path to it.
    """
    reader = _Reader(name)
    question = reader.question(document)
    if reader.faults:
        raise ContentError([f"{name}: {fault}" for fault in reader.faults])
    return question


def _document(text: str, name: str) -> Any:
    if len(text) > MAX_BYTES:
        raise ContentError([f"{name}: larger than {MAX_BYTES >> 20} MiB"])
    if not text.lstrip().startswith("{"):
        return plain(parse_document(text, name))
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except RecursionError:
        raise ContentError([f"{name}: nested too deeply"]) from None
    except json.JSONDecodeError as error:
        # Flow mappings of YAML look like JSON at first.
        try:
            return plain(parse_document(text, name))
        except ContentError:
            raise ContentError([f"{name}:{error.lineno}: {error.msg}"]) from None
    except _RepeatedKeyError as error:
        raise ContentError([f"{name}: the key `{error}` stands twice in one mapping"]) from None


class _RepeatedKeyError(ValueError):
    """JSON lets a key stand twice and keeps the last; nobody means that."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return made


class _Reader:
    """Walks a document, noting every fault with its path."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []
        self.scheme: Scheme = "generic"
        self.read: dict[str, Requirement] = {}

    def fault(self, path: str, what: str) -> None:
        self.faults.append(f"{path}: {what}" if path else what)

    def question(self, document: Any) -> Question:
        top = dict(self.mapping(document, "", FIELDS))
        if top.get("format") != FORMAT:
            self.fault("format", f"expected `{FORMAT}`")
        self.scheme = self.one_of(top.get("scheme", "generic"), "scheme", get_args(Scheme))
        written = dict(self.mapping(top.get("packages", {}), "packages"))
        packages = {
            name: listing
            for name, fields in written.items()
            if (listing := self.package(name, fields)) is not None
        }
        return Question(
            packages=packages,
            requires=tuple(self.requirements(top.get("requires", []), "requires")),
            constraints=tuple(self.requirements(top.get("constraints", []), "constraints")),
            locked=dict(self.texts_of(top.get("locked", {}), "locked")),
            excluded={
                name: dict(self.texts_of(versions, f"excluded.{name}"))
                for name, versions in self.mapping(top.get("excluded", {}), "excluded")
            },
            prefer=self.one_of(top.get("prefer", "newest"), "prefer", MODES),
            scheme=self.scheme,
        )

    def package(self, name: str, fields: Any) -> Listing | None:
        path = f"packages.{name}"
        self.attempt(package_name, name, "packages")
        entries = dict(self.mapping(fields, path))
        versions = {key: entry for key, entry in entries.items() if key not in OF_PACKAGE}
        shared = {key: entry for key, entry in entries.items() if key in OF_VERSION}
        for version in versions:
            self.version(version, path)
        return Listing(
            versions={
                version: self.described(entry, f"{path}.{version}")
                for version, entry in versions.items()
            },
            shared=self.described(shared, path),
            coexist=tuple(self.texts(entries.get("coexist", []), f"{path}.coexist")),
            prefer=self.preference(entries.get("prefer"), f"{path}.prefer"),
        )

    def version(self, version: str, path: str) -> None:
        if not version or version.strip() != version:
            self.fault(path, f"`{version}` is no version")
        if self.scheme != "given":
            try:
                Version(version, self.scheme)
            except InvalidVersionError as error:
                self.fault(path, str(error))

    def described(self, entry: Any, path: str) -> Described:
        fields = dict(self.mapping(entry, path, OF_VERSION))

        def asking(name: str) -> tuple[Conditional, ...]:
            return tuple(self.conditionals(fields.get(name, []), f"{path}.{name}"))

        return Described(
            needs=asking("needs"),
            conflicts=asking("conflicts"),
            tools=asking("tools"),
            provides=tuple(self.provided(fields.get("provides", []), f"{path}.provides")),
            options=tuple(self.options(fields.get("options", {}), f"{path}.options")),
        )

    def conditionals(self, value: Any, path: str) -> Iterator[Conditional]:
        for where, item in self.sequence(value, path):
            fields = item if isinstance(item, Mapping) else {"need": item}
            fields = dict(self.mapping(fields, where, ("need", "when")))
            requirement = self.requirement(fields.get("need"), where)
            when = tuple(
                (name, tuple(self.texts(values, f"{where}.when.{name}")))
                for name, values in self.mapping(fields.get("when", {}), f"{where}.when")
            )
            if requirement is not None:
                yield Conditional(requirement, when)

    def requirements(self, value: Any, path: str) -> Iterator[Requirement]:
        for where, item in self.sequence(value, path):
            if (requirement := self.requirement(item, where)) is not None:
                yield requirement

    def requirement(self, value: Any, path: str) -> Requirement | None:
        if not isinstance(value, str):
            self.fault(path, "expected a requirement, such as `name>=2`")
            return None
        if value not in self.read:
            try:
                self.read[value] = parse_requirement(value)
            except RequirementSyntaxError as error:
                self.fault(path, error.message.replace("\n", "\n    "))
                return None
        requirement = self.read[value]
        if self.scheme == "given":
            self.attempt(lambda r: among(r.range, ()), requirement, path)
        return requirement

    def provided(self, value: Any, path: str) -> Iterator[tuple[str, str | None]]:
        for where, item in self.sequence(value, path):
            name, _, version = item.partition("==") if isinstance(item, str) else ("", "", "")
            if self.attempt(package_name, name.strip(), where) is not None:
                if version:
                    self.version(version.strip(), where)
                yield name.strip(), version.strip() or None

    def options(self, value: Any, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, values in self.mapping(value, path):
            texts = tuple(self.texts(values, f"{path}.{name}"))
            if not texts:
                self.fault(f"{path}.{name}", "expected at least one value")
            yield name, texts or ("",)

    def preference(self, value: Any, path: str) -> str | tuple[str, ...] | None:
        if value is None or isinstance(value, str):
            return None if value is None else self.one_of(value, path, MODES)
        return tuple(self.texts(value, path))

    # what everything is made of

    def mapping(
        self, value: Any, path: str, known: Iterable[str] | None = None
    ) -> Iterator[tuple[str, Any]]:
        if not isinstance(value, Mapping):
            self.fault(path, "expected a mapping")
            return
        for key, item in value.items():
            if known is not None and key not in known:
                self.fault(path, f"unknown field `{key}`; known are {', '.join(known)}")
            else:
                yield key, item

    def sequence(self, value: Any, path: str) -> Iterator[tuple[str, Any]]:
        if not isinstance(value, list):
            self.fault(path, "expected a list")
            return
        for place, item in enumerate(value):
            yield f"{path}[{place}]", item

    def texts(self, value: Any, path: str) -> Iterator[str]:
        for where, item in self.sequence([value] if isinstance(value, str) else value, path):
            if isinstance(item, str):
                yield item
            else:
                self.fault(where, f'expected a text, as in `"{item}"`')

    def texts_of(self, value: Any, path: str) -> Iterator[tuple[str, str]]:
        for key, item in self.mapping(value, path):
            if isinstance(item, str):
                yield key, item
            else:
                self.fault(f"{path}.{key}", f'expected a text, as in `"{item}"`')

    def one_of(self, value: Any, path: str, known: Iterable[str]) -> Any:
        choices = tuple(known)
        if value not in choices:
            self.fault(path, f"`{value}` is not one of {', '.join(choices)}")
            return choices[0]
        return value

    def attempt(self, parse: Callable[[Any], Any], value: Any, path: str) -> Any:
        try:
            return parse(value)
        except ValueError as error:
            self.fault(path, f"expected {error.args[0]}")
            return None
