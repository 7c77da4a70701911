"""Offers: every candidate of a package in a scope, the preferred one first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Protocol

from ckpm.errors import DownloadError
from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.model.recipe import Need, Provided, Recipe, Source
from ckpm.model.request import Prefer
from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import TARGET_SCOPE, Candidate, Rejection, Release
from ckpm.model.version import Version


class Recipes(Protocol):
    """Where recipes come from."""

    def recipe(self, name: str) -> Recipe | None: ...

    def providers(self, virtual: str) -> tuple[str, ...]: ...


METHOD_TOOLS = {"npm": ("npm",)}
"""Tools that a method needs whatever its recipe says."""

Releases = Callable[[Recipe, Source, Platform], Sequence[Release]]


@dataclass(frozen=True)
class World:
    """Everything that a resolution depends on.

    ``releases`` answers what only an index knows. ``forbidden`` maps candidates' titles, or
    ``package from method`` for all of a method, to the reason; ``locked`` maps (package, scope) to
    the version to keep; ``stored`` tells by which methods a version has been made here already.
    """

    recipes: Recipes
    target: Platform
    build: Platform
    installations: tuple[Installation, ...] = ()
    releases: Releases = lambda _recipe, _source, _platform: ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prefer: Prefer = "detected"
    stored: Callable[[str, str], Collection[str]] = lambda _package, _version: ()

    def platform(self, scope: str) -> Platform:
        """Return the platform that a scope is for: tools run on the build platform."""
        return self.target if scope == TARGET_SCOPE else self.build


class Offers:
    """Candidates by package and scope, with the reasons for those left out.

    ``faults`` are the questions that no index answered.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.rejections: list[Rejection] = []
        self.faults: list[str] = []
        self._cache: dict[tuple[str, str], tuple[Candidate, ...]] = {}

    def of(self, package: str, scope: str) -> tuple[Candidate, ...]:
        """Return the candidates of one package, the preferred one first."""
        key = (package, scope)
        if key not in self._cache:
            self._cache[key] = tuple(self._ranked(package, scope))
        return self._cache[key]

    def _ranked(self, package: str, scope: str) -> list[Candidate]:
        recipe = self.world.recipes.recipe(package)
        found = [*self._detected(package, scope, recipe), *self._facts(package, scope, recipe)]
        if recipe is not None:
            found += self._installable(recipe, scope)
        allowed = [candidate for candidate in found if not self._is_forbidden(candidate)]
        return sorted(allowed, key=_Preference(self.world, recipe, package, scope))

    def _is_forbidden(self, candidate: Candidate) -> bool:
        forbidden = self.world.forbidden
        reason = forbidden.get(candidate.title) or forbidden.get(
            f"{candidate.package} from {candidate.origin}"
        )
        if reason is not None:
            self.rejections.append(Rejection(str(candidate), candidate.package, reason))
        return reason is not None

    def _detected(self, package: str, scope: str, recipe: Recipe | None) -> Iterator[Candidate]:
        platform = self.world.platform(scope)
        if platform.name != self.world.build.name:
            return
        for found in self.world.installations:
            # A virtual environment cannot see another interpreter's distributions.
            if found.package == package and found.python is None:
                options = dict(found.options)
                yield Candidate(
                    package,
                    found.version,
                    found.options,
                    scope,
                    _key_options(recipe, options),
                    installation=found,
                    provides=_provided(recipe, None, found.version, options, platform),
                )

    def _facts(self, package: str, scope: str, recipe: Recipe | None) -> Iterator[Candidate]:
        value = self.world.platform(scope).fact(package)
        if value is not None and recipe is None:
            yield Candidate(package, Version(value), scope=scope)

    def _installable(self, recipe: Recipe, scope: str) -> Iterator[Candidate]:
        platform = self.world.platform(scope)
        for source in recipe.sources:
            if not platform.matches(source.platforms) or self._is_out_of_reach(
                recipe, source, platform
            ):
                continue
            for release in self._releases(recipe, source, platform):
                for options in _option_choices(recipe, source):
                    yield _candidate(recipe, source, release, options, scope, platform)

    def _releases(self, recipe: Recipe, source: Source, platform: Platform) -> Iterable[Release]:
        if source.versions:
            return [Release(version) for version in source.versions]
        try:
            return self.world.releases(recipe, source, platform)
        except DownloadError as error:
            # Other sources may still do; when they do not, this is the real reason.
            reason = error.message.splitlines()[0]
            self.faults.append(f"{recipe.name}: {reason}")
            self._reject(recipe, source, reason)
            return ()

    def _is_out_of_reach(self, recipe: Recipe, source: Source, platform: Platform) -> bool:
        """Whether a source is one that ckpm cannot use by itself; the reason is kept."""
        if source.method == "system":
            command = " ".join(source.texts("command"))
            self._reject(recipe, source, f"installing it is yours to do: `{command}`")
        elif source.method == "build" and platform.name != self.world.build.name:
            self._reject(recipe, source, f"building for {platform} is not possible yet")
        else:
            return False
        return True

    def _reject(self, recipe: Recipe, source: Source, reason: str) -> None:
        self.rejections.append(
            Rejection(f"{recipe.name} from {source.method}", recipe.name, reason)
        )


def _candidate(
    recipe: Recipe,
    source: Source,
    release: Release,
    options: dict[str, str],
    scope: str,
    platform: Platform,
) -> Candidate:
    version = Version(release.version, recipe.version_scheme)
    return Candidate(
        recipe.name,
        version,
        tuple(sorted(options.items())),
        scope,
        _key_options(recipe, options),
        source=source,
        needs=(
            *release.needs,
            *_holding([*recipe.needs, *source.needs], options, platform, recipe),
        ),
        tools=tuple(_tools(source, options, platform, recipe)),
        provides=_provided(recipe, source, version, options, platform),
        source_line=source.line,
    )


def _holding(
    needs: Iterable[Need], options: Mapping[str, str], platform: Platform, recipe: Recipe
) -> Iterator[Requirement]:
    for need in needs:
        if need.when.holds(options, platform):
            yield need.requirement.asked_by(f"{recipe.origin}{need.requirement.origin}")


def _tools(
    source: Source, options: Mapping[str, str], platform: Platform, recipe: Recipe
) -> Iterator[Requirement]:
    yield from _holding(source.tools, options, platform, recipe)
    for name in METHOD_TOOLS.get(source.method, ()):
        yield Requirement(name, origin=f"{recipe.origin}:{source.line}")


def _option_choices(recipe: Recipe, source: Source) -> Iterator[dict[str, str]]:
    """Yield every choice of options that the source can give, defaults first."""
    given = dict(source.when.conditions)
    names = [option.name for option in recipe.options]
    values = [
        sorted(given.get(option.name, option.values), key=option.default.__ne__)
        for option in recipe.options
    ]
    for choice in product(*values):
        yield dict(zip(names, choice, strict=True))


def _key_options(recipe: Recipe | None, options: Mapping[str, str]) -> Options:
    if recipe is None:
        return ()
    return tuple((name, options[name]) for name in recipe.coexist if name in options)


def _provided(
    recipe: Recipe | None,
    source: Source | None,
    version: Version,
    options: Mapping[str, str],
    platform: Platform,
) -> tuple[tuple[str, Version], ...]:
    provided: list[Provided] = [
        *(recipe.provides if recipe else ()),
        *(source.provides if source else ()),
    ]
    return tuple(
        (item.name, Version(item.version) if item.version else version)
        for item in provided
        if item.when.holds(options, platform)
    )


class _Preference:
    """The order of design section 6, as a tuple of named parts; smaller is better."""

    def __init__(self, world: World, recipe: Recipe | None, package: str, scope: str) -> None:
        self.world = world
        self.defaults = recipe.default_options if recipe else {}
        self.positions = (
            {source.line: i for i, source in enumerate(recipe.sources)} if recipe else {}
        )
        self.locked = world.locked.get((package, scope))
        self.known = {
            str(found.version)
            for found in world.installations
            if found.package == package and found.python is not None
        }

    def __call__(self, candidate: Candidate) -> tuple[object, ...]:
        detected = candidate.installation is not None or str(candidate.version) in self.known
        is_not_default = [
            self.defaults.get(name) != value
            for name, value in candidate.options
            if name in self.defaults
        ]
        return (
            str(candidate.version) != self.locked,
            candidate.version.is_prerelease,
            not (detected and self.world.prefer == "detected"),
            _Order(candidate.version, reverse=self.world.prefer != "lowest"),
            sum(is_not_default),
            is_not_default,
            candidate.installation is None,
            not self._is_stored(candidate),
            self.positions.get(candidate.source_line, -1),
        )

    def _is_stored(self, candidate: Candidate) -> bool:
        """Never asked of registries' own packages: their clients keep what they fetched."""
        if candidate.source is None or candidate.origin in ("pypi", "uv-python"):
            return False
        return candidate.origin in self.world.stored(candidate.package, str(candidate.version))


@dataclass(frozen=True, slots=True)
class _Order:
    """A version that sorts newest first when ``reverse``."""

    version: Version
    reverse: bool

    def __lt__(self, other: _Order) -> bool:
        if self.reverse:
            return other.version < self.version
        return self.version < other.version
