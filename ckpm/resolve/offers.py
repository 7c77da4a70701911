"""Offers: the candidates that recipes, installations and facts give, the preferred one first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ckpm.errors import DownloadError
from ckpm.model.installation import Installation
from ckpm.model.platform import FACTS, Platform
from ckpm.model.ranges import parse_range
from ckpm.model.recipe import Need, Recipe, Source
from ckpm.model.requirement import Options, Requirement
from ckpm.model.resolution import Candidate, Rejection, Release
from ckpm.model.scopes import is_toolchain, served_scope, toolchain_scope
from ckpm.model.version import Version
from ckpm.model.wheel_tags import no_python_part
from ckpm.resolve.described import (
    key_options,
    method_tools,
    offered_options,
    provided,
    rivals,
    served_platforms,
)
from ckpm.resolve.preference import Preference, option_choices
from ckpm.resolve.supply import Wants
from ckpm.resolve.world import World

Holding = Callable[[Iterable[Need]], Iterator[Requirement]]
"""From needs to the requirements among them that hold for a candidate."""


class Offers:
    """A supply of what the world has, with the reasons for what is left out.

    ``faults`` are the questions that no index answered.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.rejections: list[Rejection] = []
        self.faults: list[str] = []
        self._of_releases: dict[int, tuple[Requirement, ...]] = {}
        self._toolchains: dict[str, bool] = {}

    def candidates(self, package: str, scope: str) -> list[Candidate]:
        """See ``Supply``."""
        recipe = self.world.recipes.recipe(package)
        found = [*self._detected(package, scope, recipe), *self._facts(package, scope, recipe)]
        if recipe is not None:
            found += self._installable(recipe, scope)
        allowed = [candidate for candidate in found if not self._is_forbidden(candidate)]
        return self._preference(package, scope, recipe).ranked(allowed)

    def providers(self, virtual: str) -> tuple[str, ...]:
        """See ``Supply``; those of a lower rank first."""
        names = self.world.recipes.providers(virtual)
        return tuple(sorted(names, key=lambda name: self._rank(name, virtual)))

    def scope(self, package: str, scope: str) -> str:
        """See ``Supply``: one toolchain for a scope, and facts are those of what it serves."""
        if is_toolchain(scope):
            return served_scope(scope) if package in FACTS else scope
        return toolchain_scope(scope) if self._is_toolchain(package) else scope

    def is_found(self, candidate: Candidate) -> bool:
        """See ``Supply``."""
        prefers = self.world.prefer[candidate.package] == "detected"
        return prefers and candidate.installation is not None

    def wants(self, candidate: Candidate) -> Wants:
        """See ``Supply``; what an installation needs is there already."""
        recipe, source = self.world.recipes.recipe(candidate.package), candidate.source
        if recipe is None:
            return Wants()
        holding = self._holding(candidate, recipe)
        if source is None:
            needs = self._needs_of_products(candidate, recipe, holding)
            return Wants(tuple(needs), conflicts=(*holding(recipe.conflicts), *rivals(candidate)))
        released = self._of_releases[id(candidate)]
        return Wants(
            needs=(*released, *holding((*recipe.needs, *source.needs))),
            tools=(*holding(source.tools), *method_tools(recipe, source)),
            conflicts=(*holding((*recipe.conflicts, *source.conflicts)), *rivals(candidate)),
        )

    def left_out(self, package: str) -> list[Rejection]:
        """See ``Supply``; of a virtual package, what could have stood in for it."""
        is_virtual = self.world.recipes.recipe(package) is None
        names = {package, *(self.providers(package) if is_virtual else ())}
        return [rejection for rejection in self.rejections if rejection.package in names]

    def place(self, scope: str) -> str:
        """See ``Supply``."""
        return str(self.world.platform(scope))

    def elsewhere(self, package: str, options: Options = ()) -> str:
        """See ``Supply``."""
        if (recipe := self.world.recipes.recipe(package)) is not None:
            patterns = served_platforms(recipe, options)
            return f"its sources are for {', '.join(patterns)}" if patterns else ""
        names = [f"`{name}`" for name in self.providers(package)]
        return f"{', '.join(names)} would provide it elsewhere" if names else ""

    def stated(self, package: str, scope: str) -> str:
        """See ``Supply``."""
        platform = self.world.platform(scope).name
        return f"--target {platform}:{package}=VERSION" if package in FACTS else ""

    def _is_toolchain(self, package: str) -> bool:
        """Whether a package, or all that provide a virtual one, compile for others."""
        if package not in self._toolchains:
            recipes = self.world.recipes
            names = [package] if recipes.recipe(package) else recipes.providers(package)
            found = [recipe for name in names if (recipe := recipes.recipe(name))]
            compile_ = [recipe.kind == "toolchain" for recipe in found]
            self._toolchains[package] = bool(compile_) and all(compile_)
        return self._toolchains[package]

    def _rank(self, name: str, virtual: str) -> int:
        recipe = self.world.recipes.recipe(name)
        sources = recipe.sources if recipe else ()
        stated = [*(recipe.provides if recipe else ()), *(p for s in sources for p in s.provides)]
        return min((p.rank for p in stated if p.name == virtual), default=50)

    def _holding(self, candidate: Candidate, recipe: Recipe) -> Holding:
        platform, served = self._platforms(candidate.scope)
        options = dict(candidate.options)

        def holding(needs: Iterable[Need]) -> Iterator[Requirement]:
            for need in needs:
                holds = need.when.holds(options, platform, served)
                if holds and candidate.version in need.range:
                    yield need.requirement.asked_by(f"{recipe.origin}{need.requirement.origin}")

        return holding

    def _platforms(self, scope: str) -> tuple[Platform, Platform]:
        """Return where what is in a scope runs, and what it makes things for."""
        return self.world.platform(scope), self.world.served(scope)

    def _needs_of_products(
        self, candidate: Candidate, recipe: Recipe, holding: Holding
    ) -> Iterator[Requirement]:
        """Yield what programs that an installed compiler makes need of the target."""
        found = candidate.installation
        if found is None or not is_toolchain(candidate.scope):
            return
        yield from holding(recipe.needs)
        compiling = self.world.compiling(found, recipe, self.world.served(candidate.scope))
        if compiling.glibc:
            origin = f"{found.executable}, whose C library is glibc {compiling.glibc}"
            # All programs need what was merged into the C library by 2.34, and few need more.
            least = min(Version(compiling.glibc), Version("2.34"))
            yield Requirement("glibc", parse_range(f">={least}"), origin=origin)

    def _preference(self, package: str, scope: str, recipe: Recipe | None) -> Preference:
        sources = recipe.sources if recipe else ()
        # What this machine's Pythons have says nothing of another machine.
        is_here = self.world.platform(scope).name == self.world.build.name
        known = (found for found in self.world.installed(package) if found.python and is_here)
        return Preference(
            prefer=self.world.prefer[package],
            locked=self._locked,
            defaults=recipe.default_options if recipe else {},
            positions={source.line: i for i, source in enumerate(sources)},
            detected={str(found.version) for found in known},
            is_stored=self._is_stored,
        )

    def _locked(self, candidate: Candidate) -> str | None:
        locked, scope = self.world.locked, candidate.scope
        return locked.get((candidate.variant, scope)) or locked.get((candidate.package, scope))

    def _is_stored(self, candidate: Candidate) -> bool:
        """Never asked of registries' own packages: their clients keep what they fetched."""
        if candidate.source is None or candidate.origin in ("pypi", "uv-python"):
            return False
        return candidate.origin in self.world.stored(candidate.package, str(candidate.version))

    def _is_forbidden(self, candidate: Candidate) -> bool:
        forbidden = self.world.forbidden
        reason = forbidden.get(candidate.release) or forbidden.get(
            f"{candidate.package} from {candidate.origin}"
        )
        if reason is not None:
            self.rejections.append(Rejection(str(candidate), candidate.package, reason))
        return reason is not None

    def _detected(self, package: str, scope: str, recipe: Recipe | None) -> Iterator[Candidate]:
        platforms = self._platforms(scope)
        if platforms[0].name != self.world.build.name:
            return
        for found in self.world.installed(package):
            # A virtual environment cannot see another interpreter's distributions.
            if found.python is None and self._compiles(found, scope, recipe):
                options = dict(found.options)
                yield Candidate(
                    package,
                    found.version,
                    found.options,
                    scope,
                    key_options(recipe, options),
                    installation=found,
                    provides=provided(recipe, None, found.version, options, self._platforms(scope)),
                )

    def _compiles(self, found: Installation, scope: str, recipe: Recipe | None) -> bool:
        """Whether an installation may be used in a scope; in a toolchain's, it must compile."""
        if recipe is None or not is_toolchain(scope):
            return True
        fault = self.world.compiling(found, recipe, self.world.served(scope)).fault
        if fault:
            name = f"{found.package} {found.version}"
            self.rejections.append(Rejection(name, found.package, fault))
        return fault is None

    def _facts(self, package: str, scope: str, recipe: Recipe | None) -> Iterator[Candidate]:
        value = self.world.platform(scope).fact(package)
        if value is not None and recipe is None:
            yield Candidate(package, Version(value), scope=scope)

    def _installable(self, recipe: Recipe, scope: str) -> Iterator[Candidate]:
        platform, served = self._platforms(scope)
        compiles = not is_toolchain(scope) or recipe.toolchain_for(served, platform)
        for source in recipe.sources:
            if source.method == "system" and not compiles:
                # Installing it would not help: it compiles for other machines.
                continue
            if self._lacks_python(recipe, source, platform):
                continue
            if not platform.matches(source.platforms) or self._is_out_of_reach(recipe, source):
                continue
            for release in self._releases(recipe, source, platform, matters=bool(compiles)):
                for options in option_choices(offered_options(recipe, source)):
                    candidate = self._candidate(recipe, source, release, options, scope)
                    self._of_releases[id(candidate)] = release.needs
                    yield candidate

    def _candidate(
        self, recipe: Recipe, source: Source, release: Release, options: dict[str, str], scope: str
    ) -> Candidate:
        version = Version(release.version, recipe.version_scheme)
        return Candidate(
            recipe.name,
            version,
            tuple(sorted(options.items())),
            scope,
            key_options(recipe, options),
            source=None if self._is_the_targets_own(source, scope) else source,
            provides=provided(recipe, source, version, options, self._platforms(scope)),
            source_line=source.line,
        )

    def _releases(
        self, recipe: Recipe, source: Source, platform: Platform, *, matters: bool
    ) -> Iterable[Release]:
        if source.versions:
            return [Release(version) for version in source.versions]
        try:
            return self.world.releases(recipe, source, platform)
        except DownloadError as error:
            # Other sources may still do; when they do not, this is the real reason.
            reason = error.message.splitlines()[0]
            if matters:
                self.faults.append(f"{recipe.name}: {reason}")
            self._reject(recipe, source, reason)
            return ()

    def _is_the_targets_own(self, source: Source, scope: str) -> bool:
        """Whether a source speaks of the Python that a foreign target has: a fact about it."""
        foreign = self.world.platform(scope).name != self.world.build.name
        return foreign and source.method == "uv-python"

    def _lacks_python(self, recipe: Recipe, source: Source, platform: Platform) -> bool:
        """Whether a source is for a Python that a platform cannot have.

        The reason is kept where the recipe has nothing else for the platform.
        """
        reason = no_python_part(platform) if _is_for_python(source) else None
        others = (other for other in recipe.sources if not _is_for_python(other))
        if reason and not any(
            other.platforms and platform.matches(other.platforms) for other in others
        ):
            self._reject(recipe, source, reason)
        return reason is not None

    def _is_out_of_reach(self, recipe: Recipe, source: Source) -> bool:
        """Whether a source is one that ckpm cannot use by itself; the reason is kept."""
        if source.method == "system":
            command = " ".join(source.texts("command"))
            self._reject(recipe, source, f"installing it is yours to do: `{command}`")
            return True
        return False

    def _reject(self, recipe: Recipe, source: Source, reason: str) -> None:
        self.rejections.append(
            Rejection(f"{recipe.name} from {source.method}", recipe.name, reason)
        )


def _is_for_python(source: Source) -> bool:
    return source.method in ("pypi", "uv-python") and source.text("layout") != "files"
