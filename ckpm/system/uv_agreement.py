"""Whether what uv did is what it was asked: the closure it gives, the distributions it lays out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path

from ckpm.errors import IntegrityError
from ckpm.model.installation import normalised
from ckpm.model.lock import Closure, Distribution
from ckpm.model.ranges import parse_range
from ckpm.model.version import InvalidVersionError, Version

# A name, its extras and its versions.
_LINE = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?(.*)")


def refuse_unheld(
    distributions: Sequence[Distribution], requirements: Sequence[str], constraints: Sequence[str]
) -> None:
    """Make sure that a closure holds every line that was asked for.

    Raises:
        IntegrityError: when it does not.
    """
    unheld = unheld_lines(distributions, requirements, constraints)
    if unheld:
        raise IntegrityError(
            "uv's answer is not one to what it was asked"
            + "".join(f"\n  `{line}` became {got}" for line, got in unheld[:5]),
            hints=["nothing was locked; have another version of uv installed beside ckpm"],
        )


def unheld_lines(
    distributions: Sequence[Distribution], requirements: Sequence[str], constraints: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the lines that a closure does not hold, each with what it has instead.

    A constraint speaks of what is in the closure alone.
    """
    chosen = {normalised(d.name): d.version for d in distributions}
    unheld = []
    for line in (*requirements, *constraints):
        name, versions = _parsed(line)
        version = chosen.get(normalised(name))
        if version is None and line in requirements:
            unheld.append((line, "nothing"))
        elif version is not None and not _meets(version, versions):
            unheld.append((line, f"{name} {version}"))
    return unheld


def _meets(version: str, versions: str) -> bool:
    try:
        return Version(version, "pep440") in parse_range(versions)
    except InvalidVersionError:
        return False


def _parsed(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    return (match[1], match[2].strip()) if match else (line, "")


def refuse_other(directory: Path, closure: Closure) -> None:
    """Make sure that a virtual environment has the distributions of a closure and no others.

    Raises:
        IntegrityError: when it has not.
    """
    locked = {normalised(d.name): d.version for d in closure.distributions}
    there = set(_laid_out(directory, locked))
    others = sorted(there - locked.items())
    missing = sorted(locked.items() - there)
    if others or missing:
        lines = [f"it has no {name} {version}" for name, version in missing]
        lines += [f"it has {name} {version}" for name, version in others]
        raise IntegrityError(
            "what uv installed is not what is locked"
            + "".join(f"\n  {line}" for line in lines[:6]),
            hints=[
                "the environment is as it was; have another version of uv installed beside ckpm"
            ],
        )


def _laid_out(directory: Path, locked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the distributions that are there, spelt as they are locked where they are the same."""
    for place in directory.glob("lib/python*/site-packages/*.dist-info"):
        name, _, version = place.name.removesuffix(".dist-info").rpartition("-")
        if not _same(locked.get(normalised(name)), version):
            # Some directories are named as no standard has it; what is inside decides then.
            name, version = _stated(place) or (name, version)
        name = normalised(name)
        known = locked.get(name)
        yield name, known if known is not None and _same(known, version) else version


def _stated(place: Path) -> tuple[str, str] | None:
    try:
        text = (place / "METADATA").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    headers = HeaderParser().parsestr(text, headersonly=True)
    return str(headers["Name"]), str(headers["Version"])


def _same(locked: str | None, version: str) -> bool:
    if locked is None or locked == version:
        return locked is not None
    try:
        return Version(locked, "pep440") == Version(version, "pep440")
    except InvalidVersionError:
        return False
