"""Order the steps that make what a lock says, leaving out what the store has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ckpm.errors import IntegrityError, NotFoundError, UsageError
from ckpm.model.installation import Installation
from ckpm.model.lock import Closure, LockedPackage, LockedTarget
from ckpm.model.plan import (
    FetchStep,
    GenerationStep,
    PackageStep,
    Plan,
    Privilege,
    PythonStep,
    Step,
    UsedToolchain,
)
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe, Source
from ckpm.model.requirement import parse_requirement
from ckpm.model.scopes import TARGET_SCOPE, TOOLCHAIN, toolchain_scope
from ckpm.plan.changes import Placed, environment_changes
from ckpm.plan.keys import is_compiled, package_key
from ckpm.plan.privileges import of_compiling, of_making, of_using
from ckpm.plan.stated import files_of_the_lock_alone, locked_source, require_held
from ckpm.store import Store, input_key


@dataclass
class Planner:
    """What planning looks at; ``make_plan`` is the way in."""

    locked: LockedTarget
    recipes: Mapping[str, Recipe]
    store: Store
    installed: Callable[[str], Sequence[Installation]]
    target: Platform
    build: Platform
    allow_unverified: bool = False
    steps: list[Step] = field(default_factory=list)
    results: dict[tuple[str, str, str], str] = field(default_factory=dict)
    underway: set[tuple[str, str, str]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    privileges: list[Privilege] = field(default_factory=list)

    @property
    def is_native(self) -> bool:
        """Whether the result will run on this machine."""
        return self.target.name == self.build.name


def make_plan(planner: Planner, environment: str, name: str) -> Plan:
    """Return the ordered steps that give ``environment`` what is locked for one target.

    Raises:
        StaleLockError: when a recipe changed since, or has gone.
        NotFoundError: when a detected piece is not on this machine and nothing can stand in.
    """
    own = planner.locked.in_scope(TARGET_SCOPE)
    own += planner.locked.in_scope(TOOLCHAIN)
    placed = [item for item in (_place(planner, package) for package in own) if item is not None]
    for item in placed:
        planner.privileges += of_using(item, planner.target, native=planner.is_native)
    closure = planner.locked.closure(TARGET_SCOPE)
    python = _python(planner, TARGET_SCOPE) if closure else None
    if closure and python:
        planner.steps.append(PythonStep(closure, python, "the environment"))
        if not planner.is_native:
            planner.notes.append(_own_python(planner, closure))
    changes = environment_changes(placed, planner.target, planner.build, closure)
    links = tuple((item.link, item.prefix) for item in placed if item.in_store)
    _require_names_of_their_own([name for name, _ in links])
    compiling = _toolchains(planner, TARGET_SCOPE)
    step = GenerationStep(
        environment, name, planner.target, links, changes, closure, python, toolchains=compiling
    )
    digest = input_key({"step": repr(step)})
    planner.steps.append(replace(step, digest=digest))
    return Plan(
        tuple(planner.steps),
        tuple(planner.notes),
        planner.target,
        is_foreign=not planner.is_native,
        privileges=tuple(dict.fromkeys(planner.privileges)),
        recipes=tuple((name, recipe.directory) for name, recipe in planner.recipes.items()),
    )


def _require_names_of_their_own(links: Sequence[str]) -> None:
    if twice := next((name for name in links if links.count(name) > 1), None):
        raise UsageError(
            f"two packages would both be `{twice}` in the environment",
            hints=["name one of them otherwise: a variant's link is `PACKAGE-VALUE`"],
        )


def _own_python(planner: Planner, closure: Closure) -> str:
    minor = ".".join(closure.python.split(".")[:2])
    name = planner.target.name
    if planner.target.fact("python") is not None:
        return f"{name} has Python {minor}, as its facts say"
    return (
        f"{name} must have Python {minor} of its own, for which these packages are;"
        f" if it has another, say so: `--target {name}:python=VERSION`"
    )


def _place(planner: Planner, package: LockedPackage) -> Placed | None:
    """Plan one package and return where it will be; ``None`` for facts and tools of nobody."""
    recipe = planner.recipes.get(package.name)
    if package.method == "detected":
        found = _detected(planner, package)
        if found is None:
            return Placed(package, recipe, "", in_store=False)
        return Placed(package, recipe, found.prefix, in_store=False, changes=found.environment)
    if package.method in ("fact", "uv-python", "system"):
        return None
    recipe, source = locked_source(package, recipe)
    for artifact in files_of_the_lock_alone(package, source):
        where = ", ".join(sorted(artifact.hosts)) or artifact.registry
        planner.notes.append(
            f"`{artifact.name}` of `{package.title}` is the lock's own choice, from {where}: the"
            " recipe states another file"
        )
    if source.method == "pypi" and source.text("layout") != "files":
        require_held(package, source, planner.locked.closure(package.scope))
        part = "venv" if planner.is_native or package.scope else "python"
        return Placed(package, recipe, f"{{generation}}/{part}", in_store=False)
    return Placed(package, recipe, _make(planner, package, recipe, source), in_store=True)


def _make(planner: Planner, package: LockedPackage, recipe: Recipe, source: Source) -> str:
    """Plan the making of one package in the store; return its future prefix."""
    known = (package.name, package.scope, str(package.options))
    if known in planner.results:
        return planner.results[known]
    planner.underway.add(known)
    scope = f"{package.scope}/{package.name}" if package.scope else package.name
    closure = planner.locked.closure(scope) or _bare_python(planner, scope)
    unkeyed = PackageStep(
        package,
        recipe,
        source,
        planner.build if package.scope else planner.target,
        key="",
        tools=tuple(_tools(planner, scope).items()),
        inputs=tuple(_inputs(planner, package).items()),
        venv=str(_tools_venv(planner, closure, _python(planner, scope))) if closure else None,
        toolchains=_toolchains(planner, package.scope) if is_compiled(recipe, source) else (),
    )
    key = package_key(unkeyed)
    result = planner.store.result(key, package.name, package.version)
    step = replace(unkeyed, key=key, present=planner.store.has_result(result))
    if step not in planner.steps:
        if not step.present:
            tools, native = planner.locked.in_scope(scope), step.platform.name == planner.build.name
            planner.privileges += of_making(step, tools, planner.recipes, native=native)
            planner.steps += _preparations(planner, step, scope, closure)
        planner.steps.append(step)
    planner.results[known] = str(result)
    return str(result)


def _bare_python(planner: Planner, scope: str) -> Closure | None:
    """A Python that uv manages gets a virtual environment even when nothing goes into it."""
    managed = (p for p in planner.locked.in_scope(scope) if p.method == "uv-python")
    return next((Closure(scope, package.version, (), ()) for package in managed), None)


def _preparations(
    planner: Planner, step: PackageStep, scope: str, closure: Closure | None
) -> Iterator[Step]:
    if closure is not None and step.venv is not None:
        here = planner.store.has_result(Path(step.venv))
        owner = f"tools of {step.package.name}"
        tools = PythonStep(closure, _python(planner, scope), owner, step.venv, here)
        if tools not in planner.steps:
            yield tools
    for artifact in step.package.artifacts:
        if not (artifact.is_verifiable or planner.allow_unverified):
            raise IntegrityError(
                f"nobody vouches for `{artifact.name}` of `{step.package.title}`: the lock has no"
                " digest of it",
                hints=["run `ckpm lock`", "if it is meant: `--allow-unverified`"],
            )
        yield FetchStep(artifact, step.package.name, planner.store.has_download(artifact))


def _tools(planner: Planner, scope: str) -> dict[str, str]:
    """Return the prefixes or executables of the tools in one scope, planning those to be made."""
    tools: dict[str, str] = {}
    for package in planner.locked.in_scope(scope):
        if package.method == "detected":
            found = _detected(planner, package)
            tools[package.name] = found.executable if found else ""
        elif (placed := _place(planner, package)) is not None:
            tools[package.name] = placed.prefix
    return tools


def _inputs(
    planner: Planner, package: LockedPackage, above: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Return the prefixes of the packages in the store that this one needs where it runs.

    The needs of those come with them: a static library is linked with what it needs itself. Of two
    that need each other, the first that is asked about has the other as an input.
    """
    wanted = {need.split("(")[-1].rstrip(")") if "(" in need else parse_requirement(need).package
              for need in package.needs}  # fmt: skip
    found: dict[str, str] = {}
    for other in planner.locked.in_scope(package.scope):
        if other.name in wanted - above - {package.name}:
            known = (other.name, other.scope, str(other.options))
            if known not in planner.results and known not in planner.underway:
                _place(planner, other)
            if known in planner.results:
                found[other.name] = planner.results[known]
                below = _inputs(planner, other, above | {package.name})
                found |= {n: p for n, p in below.items() if n not in found}
    return found


def _toolchains(planner: Planner, scope: str) -> tuple[UsedToolchain, ...]:
    """Return what compiles for the packages of a scope, planning what is to be made."""
    served = planner.target if scope == TARGET_SCOPE else planner.build
    found = (
        _used(planner, package, served)
        for package in planner.locked.in_scope(toolchain_scope(scope))
    )
    return tuple(used for used in found if used is not None)


def _used(planner: Planner, package: LockedPackage, served: Platform) -> UsedToolchain | None:
    recipe = planner.recipes.get(package.name)
    rule = recipe.toolchain_for(served, planner.build) if recipe else None
    if recipe is None or rule is None:
        return None
    found = _detected(planner, package) if package.method == "detected" else None
    placed = _place(planner, package)
    prefix = found.prefix if found else placed.prefix if placed else ""
    executable = found.executable if found else None
    used = UsedToolchain(package.name, package.version, prefix, executable, rule, served)
    planner.privileges += of_compiling(used, package, recipe)
    return used


def _detected(planner: Planner, package: LockedPackage) -> Installation | None:
    """Find again what was found when the lock was made."""
    constraint = parse_requirement(package.constraint or package.name)
    fitting = [
        found
        for found in planner.installed(package.name)
        if found.python is None and found.version in constraint.range
    ]
    same = [found for found in fitting if str(found.version) == package.version]
    best = next(iter(same or sorted(fitting, key=lambda found: found.version, reverse=True)), None)
    if best is None and package.name != "python":
        raise NotFoundError(
            f"`{package.constraint}` was detected when this was locked, and is not here",
            hints=_ways_out(package),
        )
    return best


def _ways_out(package: LockedPackage) -> Iterator[str]:
    """Yield what mends that something detected is not on this machine."""
    yield f"supply it here: `ckpm detect {package.name}` shows what is found"
    has_source = package.alternative and not package.alternative.startswith("none")
    taking = f", which can take {package.alternative}" if has_source else ""
    yield f"or lock again for this machine: `ckpm lock`{taking}"


def _python(planner: Planner, scope: str) -> str:
    """Return the interpreter of a scope: a path where it is on this machine, else its version."""
    package = next((p for p in planner.locked.in_scope(scope) if p.name == "python"), None)
    if package is None:
        return ""
    found = _detected(planner, package) if package.method == "detected" else None
    if found is None and package.method == "detected":
        planner.notes.append(f"Python {package.version} is not here: uv's managed one stands in")
    return found.executable if found else package.version


def _tools_venv(planner: Planner, closure: Closure, python: str) -> Path:
    key = input_key({"python": python, "closure": repr(closure.distributions)})
    return planner.store.result(key, "tools", closure.python)
