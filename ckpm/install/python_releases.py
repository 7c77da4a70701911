"""Which versions of a Python distribution a platform takes, and with which Pythons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ckpm.errors import UsageError
from ckpm.model.platform import Platform
from ckpm.model.ranges import ANY, Clause, VersionRange, parse_range
from ckpm.model.recipe import Recipe, Source
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Release
from ckpm.model.version import InvalidVersionError, Version
from ckpm.model.wheel_tags import MINORS, admitted_minors, admitted_platforms, platform_tags
from ckpm.system.registries.pypi import IndexFile


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
        if not wheel.yanked and (is_data or admitted_platforms(wheel.name) & tags):
            by_version.setdefault(wheel.version, []).append(wheel)
    return [
        Release(version, needs)
        for version, files in by_version.items()
        if _is_wanted(version, wanted) and (needs := _needs(recipe, source, files)) is not None
    ]


def target_pythons(managed: Sequence[str], platform: Platform) -> list[Release]:
    """Return the Pythons that a platform may have: the one that is stated of it, if one is.

    ``managed`` are the versions that uv knows, newest first; of ``python=3.13`` the newest such.

    Raises:
        UsageError: when what is stated is no version of Python 3.
    """
    stated = platform.fact("python")
    if stated is None:
        return [Release(version) for version in managed]
    if not re.fullmatch(r"3(\.\d+){1,2}", stated):
        hint = f"write `--target {platform}:python=3.13`"
        raise UsageError(f"`{stated}` is no version of Python 3", hints=[hint])
    known = (version for version in managed if f"{version}.".startswith(f"{stated}."))
    return [Release(next(known, stated))]


def _is_wanted(version: str, wanted: VersionRange) -> bool:
    try:
        return Version(version, "pep440") in wanted
    except InvalidVersionError:
        return False


def _needs(
    recipe: Recipe, source: Source, files: Sequence[IndexFile]
) -> tuple[Requirement, ...] | None:
    if source.text("layout") == "files":
        return ()
    minors = set().union(*(admitted_minors(file.name) for file in files))
    if not minors:
        return None
    origin = f"{source.text('distribution') or recipe.name} on its index"
    limits = parse_limits(next((f.requires_python for f in files if f.requires_python), None))
    return (Requirement("python", _range_of(minors).intersect(limits), origin=origin),)


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
