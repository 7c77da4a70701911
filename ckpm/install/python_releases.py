"""Which versions of a Python distribution a platform takes, and with which Pythons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ckpm.model.platform import Platform
from ckpm.model.ranges import ANY, Clause, VersionRange, parse_range
from ckpm.model.recipe import Recipe, Source
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Release
from ckpm.model.version import InvalidVersionError, Version
from ckpm.model.wheel_tags import platform_tags
from ckpm.system.registries.pypi import IndexFile

MINORS = tuple(range(7, 21))
_CPYTHON = re.compile(r"cp3(\d+)$")


def python_releases(
    recipe: Recipe, source: Source, wheels: Iterable[IndexFile], platform: Platform
) -> list[Release]:
    """Return a release for each version that has a wheel for the platform; yanked ones are out."""
    tags = frozenset({*platform_tags(platform), "any"})
    # Data is the same in every wheel.
    is_data = recipe.kind in ("dataset", "model")
    wanted = parse_range(source.text("range") or "")
    by_version: dict[str, list[IndexFile]] = {}
    for wheel in wheels:
        if not wheel.yanked and (is_data or _platforms(wheel) & tags):
            by_version.setdefault(wheel.version, []).append(wheel)
    return [
        Release(version, needs)
        for version, files in by_version.items()
        if _is_wanted(version, wanted) and (needs := _needs(recipe, source, files)) is not None
    ]


def _is_wanted(version: str, wanted: VersionRange) -> bool:
    try:
        return Version(version, "pep440") in wanted
    except InvalidVersionError:
        return False


def _platforms(wheel: IndexFile) -> set[str]:
    return set(wheel.name.removesuffix(".whl").rsplit("-", 1)[1].split("."))


def _needs(
    recipe: Recipe, source: Source, files: Sequence[IndexFile]
) -> tuple[Requirement, ...] | None:
    if source.text("layout") == "files":
        return ()
    minors = set().union(*(_minors(file) for file in files))
    if not minors:
        return None
    origin = f"{source.text('distribution') or recipe.name} on its index"
    limits = parse_limits(next((f.requires_python for f in files if f.requires_python), None))
    return (Requirement("python", _range_of(minors).intersect(limits), origin=origin),)


def _minors(file: IndexFile) -> set[int]:
    """Return the minors of Python 3 that a wheel's tags admit (PEP 425)."""
    *_, interpreters, abis, _platform = file.name.removesuffix(".whl").split("-")
    found: set[int] = set()
    for interpreter in interpreters.split("."):
        match = _CPYTHON.match(interpreter)
        if match and "abi3" in abis.split("."):
            found |= {minor for minor in MINORS if minor >= int(match[1])}
        elif match and abis != f"cp3{match[1]}t":
            found.add(int(match[1]))
        elif interpreter == "py3":
            found |= set(MINORS)
        elif interpreter.startswith("py3") and interpreter[3:].isdigit():
            found |= {minor for minor in MINORS if minor >= int(interpreter[3:])}
    return found


def _range_of(minors: set[int]) -> VersionRange:
    """Return the minors as one range with holes; the highest known one leaves it open above."""
    low, high = min(minors), max(minors)
    clauses = [Clause(">=", f"3.{low}")]
    clauses += [Clause("!=", f"3.{m}", prefix=True) for m in range(low, high) if m not in minors]
    if high < MINORS[-1]:
        clauses.append(Clause("<", f"3.{high + 1}"))
    return VersionRange(tuple(clauses))


def parse_limits(text: str | None) -> VersionRange:
    """Read ``requires-python``; one that nobody can read limits nothing."""
    try:
        return parse_range((text or "").replace(" ", ""))
    except ValueError:
        return ANY
