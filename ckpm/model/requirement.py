"""Requirements: one grammar for people, recipes and environment files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ckpm.errors import RequirementSyntaxError
from ckpm.model.ranges import ANY, Clause, VersionRange, parse_range

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_OPTION = re.compile(r"([a-z][a-z0-9-]*)=([A-Za-z0-9][A-Za-z0-9._+-]*)")
_SHORTHAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!:~-]*")

Options = tuple[tuple[str, str], ...]
Identity = tuple[str, Options]
Coexist = Callable[[str], Sequence[str]]
"""Says of a package which options tell variants of it apart."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package with the options and versions that will do.

    ``ability`` (``run``, ``link`` or ``develop``) narrows which installations will do. ``origin``
    says who asks (``command line``, ``recipes/x.yaml:12``) and takes no part in equality.
    """

    package: str
    range: VersionRange = ANY
    options: Options = ()
    ability: str | None = None
    origin: str = field(default="", compare=False)

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.options)
        return f"{self.package}{':' + options if options else ''}{self.range}"

    def accepts(self, options: Mapping[str, str]) -> bool:
        """Whether these options will do; one that is not reported is unknown, and will not."""
        return all(options.get(name) == value for name, value in self.options)

    def identity(self, coexist: Sequence[str]) -> Identity:
        """Return what tells it from requirements that may stand beside it in one environment."""
        return self.package, tuple(pair for pair in self.options if pair[0] in coexist)

    def exactly(self, version: str) -> Requirement:
        """Return the same requirement for one version alone."""
        return replace(self, range=VersionRange((Clause("==", version),)))

    def asked_by(self, origin: str) -> Requirement:
        """Return the same requirement, asked by somebody else."""
        return replace(self, origin=origin)


def parse_requirement(text: str, origin: str = "") -> Requirement:
    """Read ``name``, ``name>=2,<3``, ``name@2.16`` or ``name:option=value>=1``.

    Raises:
        RequirementSyntaxError: with the faulty part underlined.
    """
    name = _NAME.match(text)
    if name is None:
        raise RequirementSyntaxError(
            text, 0, "a package name (lower case)", hints=_name_hints(text)
        )
    options, position = _parse_options(text, name.end())
    rest = text[position:]
    if rest.startswith("@"):
        return Requirement(name[0], _shorthand(text, position), options, origin=origin)
    if rest.strip() and not rest.lstrip().startswith(("~=", "=", "!=", "<", ">")):
        raise RequirementSyntaxError(
            text,
            position,
            "a version range, `@version` or `:option=value`",
            hints=_rest_hints(name[0], rest),
        )
    try:
        return Requirement(name[0], parse_range(rest), options, origin=origin)
    except ValueError as error:
        expected, column = error.args
        raise RequirementSyntaxError(text, position + column, expected) from None


def read_requirements(requirements: Iterable[str | Requirement], origin: str) -> list[Requirement]:
    """Return requirements, those that are text read; see ``parse_requirement``."""
    return [parse_requirement(r, origin) if isinstance(r, str) else r for r in requirements]


def together(requirements: Sequence[Requirement], coexist: Coexist) -> list[Requirement]:
    """Return requirements of one request, each about all that is asked of its package.

    One that leaves a package's variant open is about every variant that others name: beside
    ``x:format=b``, ``x<2`` means ``x:format=b<2``.
    """
    variants = dict.fromkeys(each.identity(coexist(each.package)) for each in requirements)
    return [
        replace(each, options=tuple(sorted({*each.options, *variant})))
        for each in requirements
        for variant in _meant(each.identity(coexist(each.package)), variants)
    ]


def _meant(identity: Identity, variants: Iterable[Identity]) -> list[Options]:
    """Return the variants that a requirement is about, as closely as they are named."""
    package, own = identity
    fitting = [options for name, options in variants if name == package and {*own} <= {*options}]
    return [each for each in fitting if not any({*each} < {*other} for other in fitting)]


def _parse_options(text: str, position: int) -> tuple[Options, int]:
    if not text.startswith(":", position):
        return (), position
    options: dict[str, str] = {}
    while True:
        match = _OPTION.match(text, position + 1)
        if match is None:
            raise RequirementSyntaxError(text, position + 1, "`option=value`")
        if options.setdefault(match[1], match[2]) != match[2]:
            raise RequirementSyntaxError(
                text,
                match.start(),
                f"one value of `{match[1]}`",
                hints=["variants that may stand beside each other are asked for one by one"],
            )
        position = match.end()
        if not text.startswith(",", position):
            return tuple(sorted(options.items())), position


def _shorthand(text: str, position: int) -> VersionRange:
    version = text[position + 1 :]
    if not _SHORTHAND.fullmatch(version):
        raise RequirementSyntaxError(text, position + 1, "a version after `@`")
    return VersionRange((Clause("==", version, prefix=True),))


def _name_hints(text: str) -> tuple[str, ...]:
    lowered = text.lower()
    if lowered != text and _NAME.match(lowered):
        return (f"package names are lower case: `{lowered}`",)
    return ()


def _rest_hints(name: str, rest: str) -> tuple[str, ...]:
    if "cuda" in rest:
        return (f"for the CUDA build, ask for `{name}:accel=cuda`",)
    if rest.startswith("["):
        return (f"ckpm has options instead of extras; see `ckpm info {name}`",)
    return (f"a version is written `{name}@1.2` or `{name}>=1.2,<2`",)
