"""From a command line to a prepared plan: the steps that several commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ckpm.cli.context import Context
from ckpm.errors import UsageError
from ckpm.model.recipe import Recipe
from ckpm.model.request import Environment, Place, Prepared
from ckpm.model.requirement import Requirement
from ckpm.model.workflow import EnvironmentFile


@dataclass(frozen=True)
class Request:
    """An environment, what it declares, what is required of it now, and its options' values."""

    place: Place
    declared: EnvironmentFile
    requirements: tuple[Requirement, ...]
    options: tuple[tuple[str, str], ...] = ()

    @property
    def own(self) -> tuple[Recipe, ...]:
        """The packages that the environment file declares itself."""
        return self.declared.packages


def environment_request(
    context: Context,
    name: str | None,
    options: Mapping[str, str] | None = None,
    *,
    create: bool = False,
) -> Request:
    """Return what an environment declares, for a choice of its own options."""
    place = context.session.place(name, create=create)
    declared = context.session.environment_file(place)
    _check(declared, options or {})
    defaults = declared.defaults(foreign=context.target.name != context.session.native.name)
    chosen = {**defaults, **(options or {})}
    if others := {name: value for name, value in chosen.items() if value != defaults[name]}:
        place = _variant(place, others)
    required = declared.required(chosen, context.target)
    return Request(place, declared, required, tuple(chosen.items()))


def _check(declared: EnvironmentFile, options: Mapping[str, str]) -> None:
    """Make sure that each option is known and its value allowed."""
    known = {option.name: option for option in declared.options}
    for name, value in options.items():
        if name not in known:
            raise UsageError(f"the environment `{declared.name}` has no option `{name}`")
        if value not in known[name].values:
            raise UsageError(f"`{name}` is one of {', '.join(known[name].values)}, not `{value}`")


def _variant(place: Place, chosen: Mapping[str, str]) -> Place:
    """A choice of options has its own generations and its own lock."""
    suffix = ",".join(f"{name}={value}" for name, value in sorted(chosen.items()))
    lock = place.lock.with_name(f"{place.lock.stem}.{suffix}{place.lock.suffix}")
    if place.is_ready:
        lock = place.lock.parent.with_name(f"{place.key}+{suffix}") / place.lock.name
    return replace(place, key=f"{place.key}+{suffix}", lock=lock)


def with_requirements(context: Context, request: Request, more: Sequence[Requirement]) -> Request:
    """Return the request with requirements added, or replaced for the same package."""
    asked = (*request.requirements, *more)
    kept = {r.identity(coexisting(context, request, r.package)): r for r in asked}
    return replace(request, requirements=tuple(kept.values()))


def coexisting(context: Context, request: Request, package: str) -> tuple[str, ...]:
    """Return the options in which two of one package may differ."""
    recipe = context.session.content.catalog(request.own).recipe(package)
    return recipe.coexist if recipe else ()


def prepare(
    context: Context,
    request: Request,
    *,
    keep: bool = True,
    free: Sequence[str] = (),
    empty: bool = False,
) -> Prepared:
    """Resolve, lock and plan a request; see ``Session.prepare``. ``empty`` ones may be meant."""
    if not request.requirements and not empty:
        raise UsageError(
            f"the environment `{request.place.name}` requires nothing yet",
            hints=["name what to install: `ckpm install PACKAGE`"],
        )
    return context.session.prepare(
        request.place,
        request.requirements,
        target=context.target,
        own=request.own,
        keep=keep,
        free=free,
    )


def with_reachability(context: Context, prepared: Prepared) -> Prepared:
    """Return the plan with a note for each host that cannot be reached from here."""
    if context.session.choices.offline:
        return prepared
    from ckpm.install.fetch import with_unreachable_hosts

    return replace(prepared, plan=with_unreachable_hosts(prepared.plan))


def install(context: Context, request: Request, prepared: Prepared) -> Environment:
    """Carry out a prepared plan."""
    return context.session.install(prepared, request.own)
