"""The session: the straight line in order, and the API for other programs.

recipe -> detect -> resolve -> plan -> install -> activate -> run
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.config.places import find_place, own_place
from ckpm.config.platforms import known_platforms
from ckpm.config.settings import Settings, load_settings
from ckpm.errors import NotFoundError, StaleLockError
from ckpm.model.environment import EnvChange
from ckpm.model.installation import Installation
from ckpm.model.lock import Lock, LockedTarget
from ckpm.model.plan import FetchStep, Plan
from ckpm.model.platform import Platform, parse_target
from ckpm.model.recipe import Recipe
from ckpm.model.refusals import ClosureConflictError, SourceError, SourceUnreachableError
from ckpm.model.request import Choices, Environment, Place, Prepared
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.resolution import Candidate, Resolution
from ckpm.model.workflow import EnvironmentFile
from ckpm.recipe import Content, load_environment
from ckpm.store import Store
from ckpm.system.host import Host, LocalHost
from ckpm.system.http import UnreachableError
from ckpm.system.native import native_platform
from ckpm.system.report import Reporter, SilentReporter

# Each stage is imported by the method that calls it: `ckpm detect` must not pay for installing.
if TYPE_CHECKING:
    from ckpm.install import Installer, Registries

MAX_ATTEMPTS = 25


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
        self.settings: Settings = load_settings(self.environ, store=store)
        self.host: Host = host or LocalHost(self.environ, self.native)
        self.store = Store(self.settings.store)
        self.reporter: Reporter = reporter or SilentReporter()
        self.choices = choices or Choices()
        self.forbidden: dict[str, str] = {}
        self.notes: list[str] = []
        self.content = Content(self.settings, tuple(content), self.remark)

    # recipe

    def environment_file(self, place: Place) -> EnvironmentFile:
        """Return what a place declares; a user environment that is new declares nothing."""
        if not place.file.is_file():
            return EnvironmentFile(
                place.name, origin=str(place.file), directory=str(place.file.parent)
            )
        return load_environment(place.file)

    def place(
        self, name: str | None = None, directory: Path | None = None, *, create: bool = False
    ) -> Place:
        """Return the environment that a name, or its absence, means here.

        With ``create``, a new name means a user environment that is about to be.
        """
        ready = self.content.ready_environments
        try:
            return find_place(name, directory or Path.cwd(), self.store.environments, ready)
        except NotFoundError:
            if name is None or not create:
                raise
            return own_place(name, self.store.environments)

    # detect

    @cached_property
    def native(self) -> Platform:
        """This machine as a platform."""
        return native_platform(known_platforms())

    def target(self, text: str | None) -> Platform:
        """Return the platform that a ``--target`` means; this machine without one."""
        return self.native if text is None else parse_target(text, known_platforms(), self.native)

    def detect(self, packages: Sequence[str] | None = None) -> tuple[Installation, ...]:
        """Return what this machine has, of some packages or of all that have a detector."""
        from ckpm.detect import detect

        return detect(
            self.content.detectors,
            self.host,
            packages=packages,
            cache=self.settings.cache / "detected",
            report=self.notes.append,
        )

    @cached_property
    def installations(self) -> tuple[Installation, ...]:
        """What this machine has, asked once a session."""
        return self.detect()

    # resolve

    def resolve(
        self,
        requirements: Sequence[str | Requirement],
        *,
        target: str | Platform | None = None,
        own: Sequence[Recipe] = (),
        locked: LockedTarget | None = None,
        nogoods: Sequence[frozenset[tuple[str, str, str]]] = (),
    ) -> Resolution:
        """Return the preferred compatible set; see ``ckpm.resolve.resolve``."""
        from ckpm.resolve import World, resolve

        platform = target if isinstance(target, Platform) else self.target(target)
        asked = [
            parse_requirement(r, "the request") if isinstance(r, str) else r for r in requirements
        ]
        world = World(
            recipes=self.content.catalog(own),
            target=platform,
            build=self.native,
            installations=self.installations if self.choices.use_detected else (),
            releases=self.registries.releases,
            forbidden=self.forbidden,
            locked={(p.name, p.scope): p.version for p in locked.packages} if locked else {},
            prefer=self.choices.prefer,
        )
        return resolve(asked, world, nogoods)

    # plan

    def prepare(
        self,
        place: Place,
        requirements: Sequence[Requirement],
        *,
        target: Platform,
        own: Sequence[Recipe] = (),
        keep: bool = True,
    ) -> Prepared:
        """Resolve, lock and plan; around sources that cannot be used.

        ``keep`` prefers the versions that are locked already.
        """
        from ckpm.plan import lock_target, read_lock

        lock = read_lock(place.lock) or Lock(place.name)
        nogoods: list[frozenset[tuple[str, str, str]]] = []
        for _ in range(MAX_ATTEMPTS):
            kept = lock.target(target.name) if keep else None
            resolution = self.resolve(
                requirements, target=target, own=own, locked=kept, nogoods=nogoods
            )
            recipes = self._recipes_of([c.package for c in resolution], own)
            texts = [str(requirement) for requirement in requirements]
            try:
                entry = lock_target(resolution, recipes, self.registries, self.native, texts)
            except SourceError as error:
                self.forbid(error.candidate, error.reason)
                continue
            except ClosureConflictError as error:
                nogoods.append(_conflict(error, resolution, nogoods))
                continue
            plan = self._plan(place, entry, recipes, target)
            return Prepared(
                place,
                tuple(requirements),
                target,
                lock.with_target(entry),
                plan,
                resolution,
                tuple(self.notes),
            )
        raise StaleLockError(f"gave up after {MAX_ATTEMPTS} changed plans")

    def prepare_locked(
        self, place: Place, requirements: Sequence[Requirement], *, target: Platform, frozen: bool
    ) -> Prepared:
        """Plan from the lock alone, which must fit the requirements unless ``frozen``.

        Raises:
            StaleLockError: when there is no lock for the target, or it is stale.
        """
        from ckpm.plan import read_lock

        lock = read_lock(place.lock)
        entry = lock.target(target.name) if lock else None
        if lock is None or entry is None:
            raise StaleLockError(f"nothing is locked for {target.name}", hints=["run `ckpm lock`"])
        if not frozen and list(entry.requires) != [str(r) for r in requirements]:
            raise StaleLockError(
                "the lock is stale: other packages are required now",
                hints=["run `ckpm lock`, or use `--frozen` to take it as it is"],
            )
        own = self.environment_file(place).packages
        recipes = self._recipes_of([package.name for package in entry.packages], own)
        plan = self._plan(place, entry, recipes, target)
        return Prepared(place, tuple(requirements), target, lock, plan, None, tuple(self.notes))

    def _plan(
        self, place: Place, entry: LockedTarget, recipes: Mapping[str, Recipe], target: Platform
    ) -> Plan:
        from ckpm.plan import Planner, make_plan

        installations = self.installations if self.choices.use_detected else ()
        planner = Planner(
            entry,
            recipes,
            self.store,
            installations,
            target,
            self.native,
            self.choices.allow_unverified,
        )
        plan = make_plan(planner, place.key)
        return replace(plan, notes=(*plan.notes, *self.notes))

    def probe_hosts(self, plan: Plan) -> Plan:
        """Return the plan with a note for each host that cannot be reached from here."""
        from ckpm.install.fetch import unreachable_hosts

        fetches = [step for step in plan.steps if isinstance(step, FetchStep)]
        hosts = {} if self.choices.offline else unreachable_hosts(fetches)
        notes = [
            f"cannot reach {host} from here: without `{name}`, installing looks for another source"
            for host, name in hosts.items()
        ]
        return replace(plan, notes=(*plan.notes, *notes))

    def forbid(self, candidate: Candidate, reason: str) -> None:
        """Leave a candidate out from now on, and remember to say so."""
        from ckpm.resolve import title

        self.forbidden[title(candidate)] = reason
        self.remark(f"{candidate} from {candidate.origin} is left out: {reason}")

    def remark(self, note: str) -> None:
        """Say something once, now and with the plan."""
        if note not in self.notes:
            self.notes.append(note)
            self.reporter.note(note)

    # install

    def install(self, prepared: Prepared, own: Sequence[Recipe] = ()) -> Environment:
        """Carry out a plan; what turns out to be unreachable is planned around."""
        from ckpm.plan import write_lock

        for _ in range(MAX_ATTEMPTS):
            try:
                if not self.is_current(prepared):
                    self.installer.install(prepared.plan)
                break
            except SourceUnreachableError as error:
                prepared = self._around(prepared, error, own)
            except UnreachableError as error:
                prepared = self._around_python(prepared, error, own)
        if prepared.resolution is not None:
            write_lock(prepared.place.lock, prepared.lock)
        made = self.environment(prepared.place, prepared.target.name)
        return replace(made, made_from=prepared)

    def is_current(self, prepared: Prepared) -> bool:
        """Whether the environment's current generation is just what the plan would make."""
        from ckpm.install.records import generation_digest

        current = self.store.current(prepared.place.key, prepared.target.name)
        return current is not None and generation_digest(current) == prepared.plan.digest

    def fetch(self, prepared: Prepared) -> None:
        """Bring everything that a plan needs onto this machine, for installing offline."""
        from ckpm.plan import write_lock

        self.installer.fetch(prepared.plan)
        if prepared.resolution is not None:
            write_lock(prepared.place.lock, prepared.lock)

    def _around(
        self, prepared: Prepared, error: SourceUnreachableError, own: Sequence[Recipe]
    ) -> Prepared:
        if prepared.resolution is None:
            raise error
        self.registries.unreachable |= error.hosts
        for candidate in prepared.resolution:
            if candidate.package == error.package and candidate.source is not None:
                self.forbid(candidate, error.message.splitlines()[-1].strip())
        return self.prepare(
            prepared.place, prepared.requirements, target=prepared.target, own=own, keep=False
        )

    def _around_python(
        self, prepared: Prepared, error: UnreachableError, own: Sequence[Recipe]
    ) -> Prepared:
        if prepared.resolution is None or "python from uv-python" in self.forbidden:
            raise error
        if not any(c.origin == "uv-python" for c in prepared.resolution):
            raise error
        reason = error.message.splitlines()[0]
        self.forbidden["python from uv-python"] = reason
        self.remark(f"{reason}: looking for another one")
        return self.prepare(
            prepared.place, prepared.requirements, target=prepared.target, own=own, keep=False
        )

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
            raise NotFoundError(
                f"the environment `{place.name}` is not installed for {name}",
                hints=["run `ckpm install`"],
            )
        activation = Activation(place.key, name, str(current), read_generation(current))
        return Environment(place.name, name, current, activation.all_changes)

    # the machinery behind the stages

    @cached_property
    def registries(self) -> Registries:
        """The registries, through their own clients' settings."""
        from ckpm.install import Registries
        from ckpm.system.registries.indexes import configured_indexes
        from ckpm.system.registries.pypi import PythonIndex
        from ckpm.system.uv import Uv

        indexes = configured_indexes(self.environ)
        offline = self.choices.offline
        index = PythonIndex(indexes, self.settings.cache / "index", offline)
        uv = Uv(self.environ, self.store.uv_cache, indexes, offline)
        return Registries(index, uv, self.environ, self.choices.allow_unverified)

    @cached_property
    def installer(self) -> Installer:
        """What carries out plans."""
        from ckpm.install import Installer

        return Installer(
            self.store, self.registries, self.environ, self.native, self.reporter, _scripts
        )

    def _recipes_of(self, names: Sequence[str], own: Sequence[Recipe]) -> dict[str, Recipe]:
        catalog = self.content.catalog(own)
        found = ((name, catalog.recipe(name)) for name in dict.fromkeys(names))
        return {name: recipe for name, recipe in found if recipe is not None}


def _conflict(
    error: ClosureConflictError,
    resolution: Resolution,
    known: Sequence[frozenset[tuple[str, str, str]]],
) -> frozenset[tuple[str, str, str]]:
    """Return the pins that uv's text names, as what must not be chosen together again."""
    pins = [c for c in resolution if c.origin == "pypi" and c.source is not None]
    named = [
        c
        for c in pins
        if f"{(c.source.text('distribution') if c.source else None) or c.package}==" in error.text
    ]
    nogood = frozenset((c.package, c.scope, str(c.version)) for c in named or pins)
    if nogood in known or len(nogood) < 2:
        raise error
    return nogood


def _scripts(
    environment: str, target: str, directory: str, changes: tuple[EnvChange, ...]
) -> dict[str, str]:
    from ckpm.activate.activation import Activation
    from ckpm.activate.scripts import activation_scripts

    return activation_scripts(Activation(environment, target, directory, changes))
