"""Run a workflow on this machine, whatever machine it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from ckpm.cli.context import Context
from ckpm.cli.request import Request
from ckpm.config.places import own_place
from ckpm.model.environment import OWN_PYTHON
from ckpm.model.request import Environment
from ckpm.model.requirement import read_requirements
from ckpm.model.workflow import Workflow
from ckpm.run.emulation import Emulation, emulated, library_directories
from ckpm.run.interpreters import PythonPart
from ckpm.workflow import run_workflow
from ckpm.workflow.execute import Local, Outcome

Asked = tuple[Workflow, Mapping[str, str], Path]
"""A workflow, its parameters, and the directory for its results."""


def run_here(context: Context, request: Request, environment: Environment, asked: Asked) -> Outcome:
    """Run a workflow; programs of a foreign target are emulated, and what that proves is said."""
    workflow, parameters, output = asked
    target, session = context.target, context.session
    local = Local(_surroundings(context, request), talk=context.is_json)
    if target.name == session.native.name:
        return run_workflow(workflow, environment, parameters, output, local)
    inside = [environment]
    if target.stand_in:
        inside.append(_stand_in(context, request))
    directories = tuple(each.directory for each in inside)
    with _emulated(context, environment, workflow, directories) as emulation:
        local = replace(local, emulation=emulation, foreign=directories)
        changes = [change for each in reversed(inside) for change in each.changes]
        whole = replace(environment, changes=(*OWN_PYTHON, *changes))
        outcome = run_workflow(workflow, whole, parameters, output, local)
    context.say(_worth(target.name, target.stand_in))
    return outcome


def _surroundings(context: Context, request: Request) -> Mapping[str, str]:
    """Return the caller's variables; what a project's scripts are compiled to lies elsewhere.

    Consent is given to scripts, and what somebody compiled beside them might be something else.
    """
    session = context.session
    bytecode = {"PYTHONPYCACHEPREFIX": str(session.store.root / "cache" / "bytecode")}
    return {**bytecode, **session.environ} if request.place.project else session.environ


def _emulated(
    context: Context, environment: Environment, workflow: Workflow, directories: Sequence[Path]
) -> AbstractContextManager[Emulation]:
    target, session = context.target, context.session
    platform = session.target(target.stand_in) if target.stand_in else target
    return emulated(
        platform,
        [path for each in directories for path in library_directories(each, platform)],
        session.environ,
        session.store.root / "cache",
        native=session.native,
        python=_python(context, environment, workflow),
    )


def _python(context: Context, environment: Environment, workflow: Workflow) -> PythonPart | None:
    from ckpm.cli.interpreting import target_python

    made, part = environment.made_from, environment.directory / "python"
    interpreter = target_python(context, made, workflow, part) if made else None
    return PythonPart(part, interpreter) if interpreter else None


def _stand_in(context: Context, request: Request) -> Environment:
    """Return what starts the target's libraries here, installed for the platform that stands in."""
    target, session = context.target, context.session
    platform = session.target(target.stand_in)
    asked = read_requirements(target.stand_in_needs, f"running for {target} here")
    asked += request.declared.standing_in(dict(request.options), platform)
    name = f"{target.name}-stand-in"
    place = own_place(name, session.store.environments)
    prepared = session.prepare(place, asked, target=platform, own=request.own)
    return session.install(prepared, request.own)


def _worth(target: str, stand_in: str | None) -> str:
    """Say what such a run shows, and what it does not."""
    if stand_in is None:
        return (
            f"this was {target} emulated here: it shows that program and libraries work there, and"
            " nothing of how fast"
        )
    return (
        f"this was {target} played here as {stand_in}: {target}'s own libraries, the model and your"
        " code ran, upon glibc; it shows that they work together, and nothing of the system's C"
        " library, of drivers, or of how fast"
    )
