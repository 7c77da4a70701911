"""Offers: the candidates that recipes, installations and facts give, the preferred one first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ckpm.errors import DownloadError
from ckpm.model.installation import Installation
from ckpm.model.platform import FACTS, Platform
from ckpm.model.recipe import Need, Provided, Recipe, Source
from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import (
    DETECTED_FIRST,
    TARGET_SCOPE,
    Candidate,
    Preferences,
    Rejection,
    Release,
)
from ckpm.model.version import Version
from ckpm.resolve.preference import Preference, option_choices
from ckpm.resolve.supply import Wants


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

    ``installed`` tells what the machine has of a package, ``releases`` what only an index knows.
    ``forbidden`` maps candidates' titles, or ``package from method`` for all of a method, to the
    reason; ``locked`` maps (package, scope) to the version to keep; ``stored`` tells by which
    methods a version has been made here already.
    """

    recipes: Recipes
    target: Platform
    build: Platform
    installed: Callable[[str], Sequence[Installation]] = lambda _package: ()
    releases: Releases = lambda _recipe, _source, _platform: ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prefer: Preferences = DETECTED_FIRST
    stored: Callable[[str, str], Collection[str]] = lambda _package, _version: ()

    def platform(self, scope: str) -> Platform:
        """Return the platform that a scope is for: tools run on the build platform."""
        return self.target if scope == TARGET_SCOPE else self.build


class Offers:
    """A supply of what the world has, with the reasons for what is left out.

    ``faults`` are the questions that no index answered.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.rejections: list[Rejection] = []
        self.faults: list[str] = []
        self._of_releases: dict[int, tuple[Requirement, ...]] = {}

    def candidates(self, package: str, scope: str) -> list[Candidate]:
        """See ``Supply``."""
        recipe = self.world.recipes.recipe(package)
        found = [*self._detected(package, scope, recipe), *self._facts(package, scope, recipe)]
        if recipe is not None:
            found += self._installable(recipe, scope)
        allowed = [candidate for candidate in found if not self._is_forbidden(candidate)]
        return self._preference(package, scope, recipe).ranked(allowed)

    def providers(self, virtual: str) -> tuple[str, ...]:
        """See ``Supply``."""
        return self.world.recipes.providers(virtual)

    def wants(self, candidate: Candidate) -> Wants:
        """See ``Supply``; what an installation needs is there already."""
        recipe, source = self.world.recipes.recipe(candidate.package), candidate.source
        if recipe is None:
            return Wants()
        platform, options = self.world.platform(candidate.scope), dict(candidate.options)

        def holding(needs: Iterable[Need]) -> Iterator[Requirement]:
            return _holding(needs, options, platform, recipe)

        if source is None:
            return Wants(conflicts=tuple(holding(recipe.conflicts)))
        released = self._of_releases[id(candidate)]
        return Wants(
            needs=(*released, *holding((*recipe.needs, *source.needs))),
            tools=(*holding(source.tools), *_method_tools(recipe, source)),
            conflicts=tuple(holding((*recipe.conflicts, *source.conflicts))),
        )

    def left_out(self, package: str) -> list[Rejection]:
        """See ``Supply``."""
        return [rejection for rejection in self.rejections if rejection.package == package]

    def place(self, scope: str) -> str:
        """See ``Supply``."""
        return str(self.world.platform(scope))

    def elsewhere(self, package: str) -> str:
        """See ``Supply``."""
        recipe = self.world.recipes.recipe(package)
        if recipe is not None:
            patterns = sorted({p for source in recipe.sources for p in source.platforms})
            return f"its sources are for {', '.join(patterns)}" if patterns else ""
        names = [f"`{name}`" for name in self.providers(package)]
        return f"{', '.join(names)} would provide it elsewhere" if names else ""

    def stated(self, package: str, scope: str) -> str:
        """See ``Supply``."""
        platform = self.world.platform(scope).name
        return f"--target {platform}:{package}=VERSION" if package in FACTS else ""

    def _preference(self, package: str, scope: str, recipe: Recipe | None) -> Preference:
        sources = recipe.sources if recipe else ()
        known = (found for found in self.world.installed(package) if found.python)
        return Preference(
            prefer=self.world.prefer[package],
            locked=self.world.locked.get((package, scope)),
            defaults=recipe.default_options if recipe else {},
            positions={source.line: i for i, source in enumerate(sources)},
            detected={str(found.version) for found in known},
            is_stored=self._is_stored,
        )

    def _is_stored(self, candidate: Candidate) -> bool:
        """Never asked of registries' own packages: their clients keep what they fetched."""
        if candidate.source is None or candidate.origin in ("pypi", "uv-python"):
            return False
        return candidate.origin in self.world.stored(candidate.package, str(candidate.version))

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
        for found in self.world.installed(package):
            # A virtual environment cannot see another interpreter's distributions.
            if found.python is None:
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
                for options in option_choices(_options(recipe, source)):
                    candidate = _candidate(recipe, source, release, options, scope, platform)
                    self._of_releases[id(candidate)] = release.needs
                    yield candidate

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
        provides=_provided(recipe, source, version, options, platform),
        source_line=source.line,
    )


def _holding(
    needs: Iterable[Need], options: Mapping[str, str], platform: Platform, recipe: Recipe
) -> Iterator[Requirement]:
    for need in needs:
        if need.when.holds(options, platform):
            yield need.requirement.asked_by(f"{recipe.origin}{need.requirement.origin}")


def _method_tools(recipe: Recipe, source: Source) -> Iterator[Requirement]:
    for name in METHOD_TOOLS.get(source.method, ()):
        yield Requirement(name, origin=f"{recipe.origin}:{source.line}")


def _options(recipe: Recipe, source: Source) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield the recipe's options with the values that the source can give."""
    given = dict(source.when.conditions)
    for option in recipe.options:
        yield option.name, option.default, given.get(option.name, option.values)


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
