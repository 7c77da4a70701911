"""Whether what a lock says of a package is what its recipe states."""

from __future__ import annotations

from collections.abc import Iterator

from ckpm.errors import StaleLockError
from ckpm.model.lock import Artifact, Closure, LockedPackage
from ckpm.model.recipe import Part, Recipe, Source
from ckpm.system.uv_agreement import unheld_lines

_ASKED = ("npm", "maven")
"""Methods whose registry tells where a part lies."""


def locked_source(package: LockedPackage, recipe: Recipe | None) -> tuple[Recipe, Source]:
    """Return the recipe and its source that were locked.

    Raises:
        StaleLockError: when the recipe has gone or changed, or has no such source.
    """
    if recipe is not None and recipe.digest[:32] == package.recipe and _has(recipe, package):
        of_method = [source for source in recipe.sources if source.method == package.method]
        # A package of an environment file keeps its digest wherever it stands in the file.
        lone = of_method if len(recipe.sources) == 1 else []
        at_line = [source for source in of_method if source.line == package.source_line]
        for source in (*at_line, *lone):
            has_version = not source.versions or package.version in source.versions
            if has_version and len(_parts(source)) == len(package.artifacts):
                return recipe, source
    raise StaleLockError(
        f"the recipe of `{package.name}` is not the one that was locked",
        hints=["run `ckpm lock` to lock again"],
    )


def _has(recipe: Recipe, package: LockedPackage) -> bool:
    """Whether a recipe has the options that are locked."""
    values = {option.name: option.values for option in recipe.options}
    return all(value in values.get(name, ()) for name, value in package.options)


def require_held(package: LockedPackage, source: Source, closure: Closure | None) -> None:
    """Make sure that a locked Python package is in the closure, at the version that is shown.

    Raises:
        StaleLockError: when another version would be installed, or none.
    """
    distribution = (source.text("distribution") or package.name).partition("==")[0]
    line = f"{distribution}=={package.version}"
    found = closure.distributions if closure else ()
    if unheld := unheld_lines(found, [line], ()):
        raise StaleLockError(
            f"the lock contradicts itself: `{line}` is chosen, and {unheld[0][1]} is to be"
            " installed",
            hints=["run `ckpm lock` to lock again"],
        )


def files_of_the_lock_alone(package: LockedPackage, source: Source) -> Iterator[Artifact]:
    """Yield the files for which the recipe states other bytes or another address."""
    for artifact, part in zip(package.artifacts, _parts(source), strict=True):
        by_digest = part.digests and set(part.digests) <= set(artifact.digests)
        if not (by_digest or (not part.digests and _is_at(artifact, part, source))):
            yield artifact


def _is_at(artifact: Artifact, part: Part, source: Source) -> bool:
    """Whether a file lies where the recipe says."""
    if source.method == "maven":
        return artifact.registry is None
    if artifact.registry == "npm":
        return artifact.reference == (part.package or source.text("package"))
    if artifact.registry == "pypi":
        stated = source.text("distribution")
        return stated is None or artifact.reference.startswith(stated.partition("==")[0] + "==")
    return artifact.urls == part.urls


def _parts(source: Source) -> tuple[Part, ...]:
    """Return the parts that are fetched; a wheel laid out as files is one."""
    if source.method == "pypi":
        return (Part(),) if source.text("layout") == "files" else ()
    return tuple(part for part in source.parts if part.urls or source.method in _ASKED)
