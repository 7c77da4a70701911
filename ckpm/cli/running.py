"""Run a workflow on this machine, whatever machine it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.cli.context import Context
from ckpm.model.request import Environment
from ckpm.model.workflow import Workflow
from ckpm.workflow import run_workflow
from ckpm.workflow.execute import Local, Outcome

if TYPE_CHECKING:  # Most runs are for this machine.
    from ckpm.run.emulation import Emulation

Asked = tuple[Workflow, Mapping[str, str], Path]
"""A workflow, its parameters, and the directory for its results."""


def run_here(context: Context, environment: Environment, asked: Asked) -> Outcome:
    """Run a workflow; programs of a foreign target are emulated, and what that proves is said."""
    with _emulation(context, environment) as emulation:
        local = Local(context.session.environ, emulation, context.is_json)
        outcome = run_workflow(asked[0], environment, asked[1], asked[2], local)
        if emulation is not None:
            context.say(emulation.proves)
        return outcome


@contextmanager
def _emulation(context: Context, environment: Environment) -> Iterator[Emulation | None]:
    target, session = context.target, context.session
    if target.name == session.native.name:
        yield None
        return
    from ckpm.run.emulation import emulated

    libraries = sorted(environment.directory.glob("packages/*/lib"))
    with emulated(target, libraries, session.environ, session.store.root / "cache") as emulation:
        yield emulation
