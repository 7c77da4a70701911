"""The session: the straight line in order, and the API for other programs.

recipe -> detect -> resolve -> plan -> install -> activate -> run
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.config.places import find_place
from ckpm.config.platforms import known_platforms
from ckpm.config.settings import load_settings
from ckpm.errors import DownloadError, NotFoundError, UnsatisfiableError
from ckpm.model.installation import Installation
from ckpm.model.platform import Platform, parse_target
from ckpm.model.refusals import (
    ClosureUndecidedError,
    SourceUnreachableError,
    UnreachableError,
    unreachable,
)
from ckpm.model.request import Choices, Environment, Place, Prepared
from ckpm.model.requirement import Requirement, read_requirements
from ckpm.model.resolution import Candidate, Nogood, Resolution
from ckpm.recipe import Content
from ckpm.store import Store
from ckpm.store.pins import pinned, pins_of
from ckpm.system.host import Host, LocalHost
from ckpm.system.native import native_platform
from ckpm.system.report import Reporter, SilentReporter

# Each stage is imported by the method that calls it: `ckpm detect` must not pay for installing.
if TYPE_CHECKING:
    from ckpm.detect import Journal, Search
    from ckpm.install.execute import Installer
    from ckpm.install.registries import Registries
    from ckpm.model.lock import LockedTarget
    from ckpm.model.plan import Plan
    from ckpm.model.recipe import Recipe
    from ckpm.model.workflow import EnvironmentFile
    from ckpm.plan import Deciding, Refusals

MAX_ATTEMPTS = 25
Kept = Mapping[tuple[str, str], str]
"""(package, scope) to the version to keep."""


class Session:
    """One run of ckpm: content, machine, store and reporter, with the stages as methods."""

    def __init__(
        self,
        *,
        content: Sequence[Path] = (),
        host: Host | None = None,
        store: Path | None = None,
        reporter: Reporter | None = None,
        environ: Mapping[str, str] | None = None,
        choices: Choices | None = None,
    ) -> None:
        self.environ = dict(os.environ if environ is None else environ)  # noqa: TID251
        self.settings = load_settings(self.environ, store=store)
        self.host: Host = host or LocalHost(self.environ, self.native)
        self._is_here = host is None
        self.store = Store(self.settings.store)
        self.reporter: Reporter = reporter or SilentReporter()
        self.choices = choices or Choices()
        self.forbidden: dict[str, str] = {}
        self.notes: list[str] = []
        self._installed: dict[str, tuple[Installation, ...]] = {}
        self.content = Content(self.settings, tuple(content), self.remark)
        self.trust = self.content.trust

    # recipe

    def environment_file(self, place: Place) -> EnvironmentFile:
        """Return what a place declares; a user environment that is new declares nothing."""
        from ckpm.recipe import declared_environment

        return declared_environment(place.file, place.name)

    def place(
        self, name: str | None = None, directory: Path | None = None, *, create: bool = False
    ) -> Place:
        """Return the environment that a name, or none, means here; ``create`` lets it be new."""
        ready = self.content.ready_environments
        here, places = directory or Path.cwd(), self.store.environments
        return find_place(name, here, places, ready, create=create)

    # detect

    @cached_property
    def platforms(self) -> Mapping[str, Platform]:
        """Every platform that ckpm or this person describes, by name."""
        return known_platforms(self.settings.platforms)

    @cached_property
    def native(self) -> Platform:
        """This machine as a platform."""
        return native_platform(self.platforms)

    def target(self, text: str | None) -> Platform:
        """Return the platform that a ``--target`` means: a device is asked what it is.

        Without one it is this machine.
        """
        if text is not None and text.startswith(("ssh:", "adb:")):
            from ckpm.system.devices import device_target

            text = device_target(text, self.platforms, self.environ)
        return self.native if text is None else parse_target(text, self.platforms, self.native)

    def detect(
        self, search: Search | Sequence[str] | None = None, journal: Journal | None = None
    ) -> tuple[Installation, ...]:
        """Return what this machine has; of some packages alone, without who installed them."""
        from ckpm.detect import Journal, Search, detect

        return detect(
            self.content.detectors,
            self.host,
            search if isinstance(search, Search) else Search(search, owners=search is None),
            registered=self.content.registered if self._is_here else (),
            cache=self.settings.detected if self._is_here else None,
            journal=journal or Journal(self.notes.append),
        )

    def installed(self, package: str) -> tuple[Installation, ...]:
        """Return what this machine has of one package and may be used; looked for once."""
        if package not in self._installed:
            self._installed[package] = self.detect([package]) if self.choices.use_detected else ()
        return self._installed[package]

    # resolve

    def resolve(
        self,
        requirements: Sequence[str | Requirement],
        *,
        target: str | Platform | None = None,
        own: Sequence[Recipe] = (),
        locked: Kept | None = None,
    ) -> Resolution:
        """Return the preferred compatible set, with uv's word on its Python packages.

        Where uv cannot be asked, that is remarked. ``ckpm.resolve.resolve`` raises more.

        Raises:
            ClosureConflictError: when Python packages clash whatever is chosen.
        """
        from ckpm.plan import closures_of

        def settle(proposal: Resolution) -> None:
            try:
                closures_of(proposal, self.registries, self.native)
            except (UnreachableError, ClosureUndecidedError) as error:
                self.remark(f"not known whether the Python packages fit: {error.headline}")

        platform = target if isinstance(target, Platform) else self.target(target)
        asked = read_requirements(requirements, "the request")
        return self._deciding(asked, platform, own, locked or {}).until(settle)[0]

    def propose(
        self,
        requirements: Sequence[Requirement],
        target: Platform,
        own: Sequence[Recipe] = (),
        locked: Kept | None = None,
        nogoods: Sequence[Nogood] = (),
    ) -> Resolution:
        """Return what the solver alone prefers; uv is not asked. See ``ckpm.resolve.resolve``."""
        from ckpm.detect.compilers import judge_compiler
        from ckpm.resolve import World, resolve

        world = World(
            recipes=self.content.catalog(own),
            target=target,
            build=self.native,
            installed=self.installed,
            releases=self.registries.releases,
            forbidden=self.forbidden,
            locked=locked or {},
            prefer=self.choices.prefer,
            stored=self.store.methods,
            compiling=partial(judge_compiler, self.host),
        )
        return resolve(requirements, world, nogoods, timeout_s=self.choices.timeout_s)

    def _deciding(
        self, request: Sequence[Requirement], target: Platform, own: Sequence[Recipe], kept: Kept
    ) -> Deciding:
        from ckpm.plan import Deciding, Refusals, closures_of

        def propose(asked: Sequence[Requirement], refusals: Refusals) -> Resolution:
            locked = {**kept, **refusals.preferred}
            try:
                return self.propose(asked, target, own, locked, tuple(refusals.nogoods))
            except UnsatisfiableError as error:
                raise unreachable(error, self.forbidden.values()) from error

        refusals = Refusals(partial(self.registries.pythons, target, self.native))
        close = partial(self.registries.closer, build=self.native)
        closures = partial(closures_of, registries=self.registries, build=self.native)
        return Deciding(request, refusals, propose, close, closures, self.forbid)

    # plan

    def prepare(
        self,
        place: Place,
        requirements: Sequence[Requirement],
        *,
        target: Platform,
        own: Sequence[Recipe] = (),
        keep: bool = True,
        free: Sequence[str] = (),
    ) -> Prepared:
        """Resolve, lock and plan; around sources that cannot be used.

        ``keep`` prefers the versions that are locked already, but for the packages in ``free``.

        Raises:
            NotFoundError: for one to be freed that is not locked.
        """
        from ckpm.model.lock import Lock
        from ckpm.plan import kept_versions, lock_target, moves, read_lock

        lock = read_lock(place.lock) or Lock(place.name)
        before = lock.target(target.name)
        kept = kept_versions(before, free) if keep else {}
        known = self.trust.known(place, lock.targets)
        self.registries.keep(before if keep else None, pins_of(known), believed=before in known)
        texts = [str(requirement) for requirement in requirements]

        def settle(proposal: Resolution) -> LockedTarget:
            recipes = self.content.recipes([c.package for c in proposal], own)
            return lock_target(proposal, recipes, self.registries, self.native, texts)

        resolution, entry = self._deciding(requirements, target, own, kept).until(settle)
        plan = self._plan(place, entry, own, target)
        moved = moves(before, entry, resolution, free)
        lock, asked = lock.with_target(entry), tuple(requirements)
        return Prepared(place, asked, target, lock, plan, resolution, keep, moved)

    def prepare_locked(
        self, place: Place, requirements: Sequence[Requirement], *, target: Platform, frozen: bool
    ) -> Prepared:
        """Plan from the lock alone, which must fit the requirements unless ``frozen``.

        Raises:
            StaleLockError: when there is no lock for the target, or it is stale.
        """
        from ckpm.plan import locked_target

        asked = None if frozen else [str(r) for r in requirements]
        lock, entry = locked_target(place.lock, target, asked)
        plan = self._plan(place, entry, self.environment_file(place).packages, target)
        return Prepared(place, tuple(requirements), target, lock, plan)

    def _plan(
        self, place: Place, entry: LockedTarget, own: Sequence[Recipe], target: Platform
    ) -> Plan:
        from ckpm.plan import Planner, make_plan

        recipes = self.content.recipes([p.name for p in entry.packages], own)
        planner = Planner(entry, recipes, self.store, self.installed, target, self.native)
        planner.allow_unverified = self.choices.allow_unverified or (
            not entry.is_verifiable and self.trust.knows(place, entry)
        )
        plan = make_plan(planner, place.key, place.name)
        return replace(plan, notes=(*plan.notes, *self.notes))

    def forbid(self, candidate: Candidate, reason: str) -> None:
        """Leave a candidate out from now on, and remember to say so."""
        self.forbidden[candidate.release] = reason
        left_out = f"{candidate.package} {candidate.version} from {candidate.origin}"
        self.remark(f"{left_out} is left out: {reason}")

    def remark(self, note: str) -> None:
        """Say something once, now and with the plan."""
        if note not in self.notes:
            self.notes.append(note)
            self.reporter.note(note)

    # install

    def install(
        self,
        what: Prepared | Resolution,
        own: Sequence[Recipe] = (),
        *,
        environment: str = "default",
    ) -> Environment:
        """Carry out a plan, or make an environment of a resolution.

        What turns out to be unreachable is planned around.
        """
        if isinstance(what, Resolution):
            place = self.place(environment, create=True)
            what = self.prepare(place, what.requirements, target=what.target, own=own)
        prepared = self._carry_out(
            what, own, lambda p: self.is_current(p) or self.installer.install(p.plan)
        )
        made = self.environment(prepared.place, prepared.target.name)
        return replace(made, made_from=prepared)

    def fetch(self, prepared: Prepared, own: Sequence[Recipe] = ()) -> Prepared:
        """Bring everything that a plan needs onto this machine, for installing offline."""
        return self._carry_out(prepared, own, lambda p: self.installer.fetch(p.plan))

    def is_current(self, prepared: Prepared) -> bool:
        """Whether the environment's current generation is just what the plan would make."""
        from ckpm.install.records import generation_digest

        current = self.store.current(prepared.place.key, prepared.target.name)
        return current is not None and generation_digest(current) == prepared.plan.digest

    def _carry_out(
        self, prepared: Prepared, own: Sequence[Recipe], action: Callable[[Prepared], object]
    ) -> Prepared:
        for _ in range(MAX_ATTEMPTS):
            try:
                if not self.is_current(prepared):
                    self.trust.require_for(prepared, self.content.project)
                action(prepared)
                break
            except (SourceUnreachableError, UnreachableError) as error:
                prepared = self._around(prepared, error, own)
        return prepared if prepared.resolution is None else self.write_lock(prepared)

    def write_lock(self, prepared: Prepared) -> Prepared:
        """Write a lock that was made here, and return it; our edits take nobody's trust away."""
        from ckpm.plan import write_lock

        lock = pinned(prepared.lock, prepared.locked, self.store)
        prepared = replace(prepared, lock=lock)
        with self.trust.kept(prepared.place, prepared.locked):
            write_lock(prepared.place.lock, lock)
        return prepared

    def _around(self, prepared: Prepared, error: DownloadError, own: Sequence[Recipe]) -> Prepared:
        """Plan again without what could not be reached; a lock used as it is never switches."""
        from ckpm.plan.around import unreachable_candidates

        if isinstance(error, SourceUnreachableError):
            self.registries.unreachable |= error.hosts
        for candidate in unreachable_candidates(prepared, error, self.forbidden):
            self.forbid(candidate, error.message.splitlines()[-1].strip())
        asked, target = prepared.requirements, prepared.target
        return self.prepare(prepared.place, asked, target=target, own=own, keep=prepared.keep)

    # activate

    def environment(self, place: Place, target: str | None = None) -> Environment:
        """Return the current generation of an environment.

        Raises:
            NotFoundError: when it has not been installed for the target.
        """
        from ckpm.activate.activation import Activation
        from ckpm.install.records import read_generation

        name = target or self.native.name
        current = self.store.current(place.key, name)
        if current is None:
            hint = f"run `ckpm sync -e {place.name}`" if place.is_ready else "run `ckpm install`"
            what = f"the environment `{place.name}` is not installed for {name}"
            raise NotFoundError(what, hints=[hint])
        activation = Activation(place.key, name, str(current), read_generation(current), place.name)
        return Environment(place.name, name, current, activation.all_changes)

    # the machinery behind the stages

    @cached_property
    def registries(self) -> Registries:
        """The registries, through their own clients' settings."""
        from ckpm.install.registries import configured_registries

        cache, choices = self.settings.cache, self.choices
        return configured_registries(self.environ, cache, self.store, choices)

    @cached_property
    def installer(self) -> Installer:
        """What carries out plans."""
        from ckpm.activate.scripts import generation_scripts
        from ckpm.check.built import built_faults
        from ckpm.install.execute import Installer
        from ckpm.install.making import Making, compiler_cache

        outside = (self.registries, self.environ, self.native, self.reporter)
        cache = partial(compiler_cache, self.installed)
        return Installer(self.store, *outside, Making(generation_scripts, cache, built_faults))
