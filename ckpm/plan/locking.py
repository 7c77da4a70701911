"""Lock a resolution: the exact files of every package and the whole Python closure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from ckpm.errors import NotFoundError
from ckpm.model.lock import Artifact, Closure, LockedPackage, LockedTarget
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe
from ckpm.model.resolution import Candidate, Choice, Resolution


class Registries(Protocol):
    """Who knows the files of candidates and the closures of Python distributions."""

    def artifacts(
        self, candidate: Candidate, recipe: Recipe, platform: Platform
    ) -> tuple[Artifact, ...]: ...

    def closure(
        self,
        scope: str,
        requirements: Sequence[str],
        python: str,
        platform: Platform,
        indexes: Sequence[str],
    ) -> Closure: ...


def lock_target(
    resolution: Resolution,
    recipes: Mapping[str, Recipe],
    registries: Registries,
    build: Platform,
    requires: Sequence[str],
) -> LockedTarget:
    """Return the lock of one target; indexes are asked, nothing is fetched.

    Raises:
        SourceError: when the files of a candidate cannot be learnt.
        ClosureConflictError: when its Python packages cannot stand together.
        ClosureUndecidedError: when nobody can say whether they can.
    """
    packages = [
        _locked(choice, recipes, registries, resolution.target, build)
        for choice in resolution.choices
    ]
    return LockedTarget(
        target=resolution.target.name,
        facts=_least_facts(resolution),
        requires=tuple(requires),
        packages=tuple(packages),
        closures=closures_of(resolution, registries, build),
    )


def closures_of(
    resolution: Resolution, registries: Registries, build: Platform
) -> tuple[Closure, ...]:
    """Return the Python closure of every scope that has a Python part.

    Raises:
        ClosureConflictError: when its Python packages cannot stand together.
        ClosureUndecidedError: when nobody can say whether they can.
    """
    scopes = dict.fromkeys(candidate.scope for candidate in resolution)
    found = (_closure(resolution, registries, scope, build) for scope in scopes)
    return tuple(closure for closure in found if closure is not None)


def _locked(
    choice: Choice,
    recipes: Mapping[str, Recipe],
    registries: Registries,
    target: Platform,
    build: Platform,
) -> LockedPackage:
    candidate = choice.candidate
    recipe = recipes.get(candidate.package)
    platform = build if candidate.scope else target
    artifacts: tuple[Artifact, ...] = ()
    if candidate.source is not None and recipe is not None:
        artifacts = registries.artifacts(candidate, recipe, platform)
    detected = candidate.installation is not None
    return LockedPackage(
        name=candidate.package,
        version=str(candidate.version),
        method=candidate.origin,
        kind=recipe.kind if recipe else "",
        options=candidate.options,
        scope=candidate.scope,
        recipe=recipe.digest[:32] if recipe and not detected else None,
        source_line=candidate.source_line,
        artifacts=artifacts,
        needs=tuple(dict.fromkeys(_named(need, chosen) for need, chosen in choice.needs)),
        license=recipe.license if recipe else "",
        constraint=_constraint(choice) if detected else None,
        evidence=f"{candidate.package} {candidate.version}" if detected else None,
        alternative=_alternative(candidate, recipe, platform) if detected else None,
    )


def _named(need: object, chosen: Candidate) -> str:
    return (
        f"{need}"
        if getattr(need, "package", None) == chosen.package
        else f"{need} ({chosen.package})"
    )


def _constraint(choice: Choice) -> str:
    candidate = choice.candidate
    if candidate.package == "python":
        # The closure was chosen for one ABI.
        major, minor, *_ = str(candidate.version).split(".")
        return f"python=={major}.{minor}.*"
    # The range of a virtual package speaks of another version than the candidate's.
    own = (wanted.range for wanted in choice.wanted_by if wanted.package == candidate.package)
    ranges = dict.fromkeys(str(each) for each in own if each.clauses)
    return candidate.package + ",".join(ranges)


def _alternative(candidate: Candidate, recipe: Recipe | None, platform: Platform) -> str:
    sources = [s for s in (recipe.sources if recipe else ()) if platform.matches(s.platforms)]
    if not sources:
        return "none: supply it"
    return f"{candidate.package} from {sources[0].method}"


def _closure(
    resolution: Resolution, registries: Registries, scope: str, build: Platform
) -> Closure | None:
    candidates = [c for c in resolution.in_scope(scope) if is_distribution(c)]
    python = resolution.find("python", scope)
    if not candidates or python is None:
        return None
    platform = build if scope else resolution.target
    requirements = [pin(candidate) for candidate in candidates]
    indexes = indexes_of(candidates)
    return registries.closure(scope, requirements, str(python.version), platform, indexes)


def indexes_of(candidates: Iterable[Candidate]) -> list[str]:
    """Return the indexes that the candidates' recipes name."""
    return [index for c in candidates if c.source and (index := c.source.text("index"))]


def is_distribution(candidate: Candidate) -> bool:
    """Whether a candidate is installed into the environment's Python."""
    source = candidate.source
    return source is not None and source.method == "pypi" and source.text("layout") != "files"


def distribution_of(candidate: Candidate) -> str:
    """Return the name under which an index has a candidate."""
    return (
        candidate.source.text("distribution") if candidate.source else None
    ) or candidate.package


def pin(candidate: Candidate) -> str:
    """Return the line that asks uv for exactly this candidate."""
    source = candidate.source
    extras = ",".join(source.texts("extras")) if source else ""
    return f"{distribution_of(candidate)}{f'[{extras}]' if extras else ''}=={candidate.version}"


def _least_facts(resolution: Resolution) -> tuple[tuple[str, str], ...]:
    """Return the facts that something chosen relies on, and those a wheel's tags speak of."""
    named: Iterable[str] = {c.package for c in resolution if c.origin == "fact"}
    always = {"glibc", "musl", "macos", "api"}
    return tuple(
        (name, value) for name, value in resolution.target.facts if name in {*named, *always}
    )


def kept_versions(entry: LockedTarget | None, free: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return the locked versions to keep: all but those of the packages in ``free``.

    Variants that stand beside each other are told apart by their options.

    Raises:
        NotFoundError: for one to be freed that is not locked.
    """
    packages = entry.packages if entry else ()
    if missing := set(free) - {package.name for package in packages}:
        name = min(missing)
        raise NotFoundError(f"`{name}` is not locked", hints=["`ckpm list` shows what is"])
    often = Counter((p.name, p.scope) for p in packages)
    return {
        (p.name if often[p.name, p.scope] == 1 else p.title.rpartition(" ")[0], p.scope): p.version
        for p in packages
        if p.name not in free
    }
