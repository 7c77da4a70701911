"""From a command line to a prepared plan: the steps that several commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ckpm.cli.context import Context
from ckpm.config.places import split_variant, variant
from ckpm.errors import DownloadError, NotFoundError, StaleLockError, UsageError
from ckpm.model.pairs import unanimous
from ckpm.model.recipe import Recipe
from ckpm.model.request import Environment, Place, Prepared
from ckpm.model.requirement import Coexist, Requirement
from ckpm.model.workflow import EnvironmentFile
from ckpm.plan import read_lock
from ckpm.recipe.edit import new_environment, require
from ckpm.recipe.load import decode_environment
from ckpm.schema.documents import parse_document

CHOOSING = ("prefer", "lowest", "no_detected")
"""Options that say how to choose."""


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
    """Return what an environment declares, for a choice of its own options.

    The name of a variant states options too.
    """
    base, stated = (name, {}) if name is None else split_variant(name)
    options = unanimous((*stated.items(), *(options or {}).items()))
    place = context.session.place(base, create=create)
    declared = context.session.environment_file(place)
    _check(declared, options)
    defaults = declared.defaults(foreign=context.target.name != context.session.native.name)
    chosen = {**defaults, **options}
    if others := {name: value for name, value in chosen.items() if value != defaults[name]}:
        place = variant(place, others)
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


def written(place: Place) -> str:
    """Return the text of an environment's file; one that is not there yet requires nothing."""
    if place.file.is_file():
        return place.file.read_text(encoding="utf-8")
    return new_environment(place.name)


def with_requirements(
    context: Context, request: Request, more: Sequence[Requirement], text: str
) -> tuple[str, Request]:
    """Return the environment file's text and the request with requirements added.

    What the text requires of the same packages without a condition is replaced, and that is said; a
    ready environment keeps all of its own.
    """
    file = request.place.file
    if request.place.is_ready:
        if more:
            note = "is not edited: what is asked beside it lasts until it is installed without"
            context.session.remark(f"`{request.place.name}` ships with ckpm and {note}")
        return text, replace(request, requirements=(*request.requirements, *more))
    coexist = _coexisting(context, request)
    text = require(text, more, str(file), coexist)
    declared = decode_environment(parse_document(text, str(file)), file)
    asked = {each: each for each in (*request.requirements, *more)}
    required = declared.required(dict(request.options), context.target)
    kept = {need.requirement for need in declared.requires}
    for gone in (n.requirement for n in request.declared.requires if n.requirement not in kept):
        own = gone.identity(coexist(gone.package))
        new = [str(each) for each in more if each.identity(coexist(each.package)) == own]
        context.session.remark(f"{gone} becomes {' and '.join(new)}")
    requirements = tuple(asked.get(each, each) for each in required)
    return text, replace(request, declared=declared, requirements=requirements)


def _coexisting(context: Context, request: Request) -> Coexist:
    """Return what says of a package which options tell variants of it apart."""
    catalog = context.session.content.catalog(request.own)

    def coexist(package: str) -> Sequence[str]:
        recipe = catalog.recipe(package)
        return recipe.coexist if recipe else ()

    return coexist


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


def prepare_as_locked(context: Context, request: Request) -> Prepared:
    """Plan from the lock, which stays what it is; where nothing is locked, that is done, and said.

    The lock of a project is its author's. Any other lies in the store and is ckpm's own: it is made
    again, and said, when it no longer fits.

    Raises:
        StaleLockError: when a project's lock, or any with ``--locked``, does not fit.
        NotFoundError: when something that was detected then is not here.
    """
    place, session = request.place, context.session
    if not _is_binding(context, place):
        return prepare(context, request)
    try:
        return session.prepare_locked(
            place, request.requirements, target=context.target, frozen=context.options.frozen
        )
    except (StaleLockError, NotFoundError) as error:
        if place.is_project or is_strict(context):
            raise
        context.say(f"locking `{place.name}` again: {error.headline}")
        return prepare(context, request)


def _is_binding(context: Context, place: Place) -> bool:
    """Whether there is a lock to be kept to; a project's has to be, or a request is refused."""
    lock = read_lock(place.lock)
    is_locked = lock is not None and lock.target(context.target.name) is not None
    changing = [flag for flag in CHOOSING if vars(context.options).get(flag)]
    if ((is_locked and place.is_project) or is_strict(context)) and changing:
        flag = f"--{changing[0].replace('_', '-')}"
        raise UsageError(
            f"`{flag}` chooses anew, and `ckpm {context.command}` keeps to the lock",
            hints=[f"choose first: `ckpm lock {flag} …`"],
        )
    if not is_locked and place.is_project and not is_strict(context):
        context.say(f"nothing is locked for {context.target.name} yet: locking it in {place.lock}")
    return is_strict(context) or (is_locked and not changing)


def is_strict(context: Context) -> bool:
    """Whether the lock must fit, or is taken as it is."""
    return bool(context.options.locked or context.options.frozen)


def with_reachability(context: Context, prepared: Prepared) -> Prepared:
    """Return the plan with a note for each host that cannot be reached from here."""
    if context.session.choices.offline:
        return prepared
    from ckpm.install.fetch import with_unreachable_hosts

    return replace(prepared, plan=with_unreachable_hosts(prepared.plan))


def install(context: Context, request: Request, prepared: Prepared) -> Environment:
    """Carry out a prepared plan."""
    return context.session.install(prepared, request.own)


def install_as_locked(context: Context, request: Request, prepared: Prepared) -> Environment:
    """Carry out a plan made by ``prepare_as_locked``; only ckpm's own lock is planned around."""
    try:
        return install(context, request, prepared)
    except DownloadError as error:
        if prepared.resolution is not None or request.place.is_project or is_strict(context):
            raise
        context.say(f"locking `{request.place.name}` again: {error.headline}")
        return install(context, request, prepare(context, request))
