"""Run the steps of a workflow in order, then collect its results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckpm.errors import CkpmError, UsageError
from ckpm.model.placeholders import fill
from ckpm.model.request import Environment
from ckpm.model.workflow import ResultField, Workflow
from ckpm.run import environment_for, find_program
from ckpm.run.emulation import Emulation
from ckpm.run.interpreters import is_script
from ckpm.system.process import run_inherited

Value = float | str | None


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the program's exit code, the values that the workflow names, and its own."""

    exit_code: int
    results: dict[str, Value]
    parameters: dict[str, str]


@dataclass(frozen=True)
class Local:
    """Where a workflow runs: this machine, with the caller's ``environ``.

    A foreign target's programs, those below ``foreign``, are started by ``emulation``; the scripts
    there by this machine, as what they start in turn is emulated. With ``talk`` all output is to
    stderr.
    """

    environ: Mapping[str, str]
    emulation: Emulation | None = None
    foreign: tuple[Path, ...] = ()
    talk: bool = False

    def start(self, argv: Sequence[str], inside: dict[str, str]) -> int:
        """Run one command of a workflow to its end, and return its exit code."""
        if self.emulation is not None:
            inside = self.emulation.searched(inside)
        argv = [find_program(argv[0], inside), *argv[1:]]
        if self.emulation is not None and self._is_foreign(Path(argv[0])):
            argv, inside = self.emulation.started(argv), {**inside, **self.emulation.environ}
        return run_inherited(argv, environ=inside, talk=self.talk)

    def _is_foreign(self, program: Path) -> bool:
        return any(map(program.is_relative_to, self.foreign)) and not is_script(program)


def run_workflow(
    workflow: Workflow,
    environment: Environment,
    parameters: Mapping[str, str],
    output: Path,
    local: Local,
) -> Outcome:
    """Run every step, stopping at the first that fails.

    Raises:
        UsageError: for parameters the workflow does not have, or values it does not take.
    """
    inside = environment_for(environment.changes, local.environ)
    values = {f"env.{name}": value for name, value in inside.items()} | {"output": str(output)}
    filled = filled_parameters(workflow, parameters, values)
    values |= {f"parameters.{name}": value for name, value in filled.items()}
    output.mkdir(parents=True, exist_ok=True)
    for step in workflow.steps:
        argv = [fill(argument, values) for argument in step.run]
        code = local.start(argv, inside)
        if code != 0:
            return Outcome(code, {}, filled)
    return Outcome(0, results_of(workflow, output), filled)


def chosen_parameters(workflow: Workflow, given: Mapping[str, str]) -> dict[str, str]:
    """Return every parameter's value: the one given, else the default.

    Raises:
        UsageError: for an unknown name, a value that is not a choice, or one that is missing.
    """
    known = {parameter.name: parameter for parameter in workflow.parameters}
    if unknown := set(given) - set(known):
        raise UsageError(
            f"the workflow `{workflow.name}` has no parameter `{min(unknown)}`",
            hints=[f"it has: {', '.join(sorted(known)) or 'none'}"],
        )
    chosen: dict[str, str] = {}
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        if value is None:
            raise UsageError(
                f"the parameter `{name}` must be given", hints=[f"write `{name}=VALUE`"]
            )
        if parameter.choices and value not in parameter.choices:
            raise UsageError(f"`{name}` is one of {', '.join(parameter.choices)}, not `{value}`")
        chosen[name] = value
    return chosen


def filled_parameters(
    workflow: Workflow, given: Mapping[str, str], variables: Mapping[str, str]
) -> dict[str, str]:
    """Return the parameters; defaults may speak of the environment, what is given is literal."""
    return {
        name: value if name in given else fill(value, variables)
        for name, value in chosen_parameters(workflow, given).items()
    }


def results_of(workflow: Workflow, output: Path) -> dict[str, Value]:
    """Return the values that a workflow names, read from what its steps wrote.

    Raises:
        CkpmError: for one that no step wrote.
    """
    return {field.name: _result(field, output) for field in workflow.results}


def _result(field: ResultField, output: Path) -> Value:
    try:
        value = json.loads((output / field.file).read_text(encoding="utf-8"))
        for key in field.path.split("."):
            value = value[int(key)] if isinstance(value, list) else value.get(key)
    except (OSError, ValueError, AttributeError, IndexError) as error:
        raise CkpmError(f"the run left no `{field.path}` in `{field.file}`: {error}") from error
    return value if isinstance(value, int | float | str) else None
