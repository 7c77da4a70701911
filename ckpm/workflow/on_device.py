"""Run the steps of a workflow on another machine, with the local files that parameters name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ckpm.model.placeholders import fill
from ckpm.model.workflow import Workflow
from ckpm.run.deploy import RemoteRun
from ckpm.workflow.execute import Outcome, filled_parameters, results_of


def run_workflow_on_device(
    workflow: Workflow,
    run: RemoteRun,
    parameters: Mapping[str, str],
    output: Path,
    *,
    talk: bool = False,
) -> Outcome:
    """Run every step there, stopping at the first that fails, and bring its results to ``output``.

    A parameter that names a file or directory of this machine is the path of its copy there. See
    ``run_workflow``, too.

    Raises:
        DeviceError: when the device goes away.
    """
    inside = {f"env.{name}": value for name, value in run.variables().items()}
    values = inside | {"output": run.output}
    filled = filled_parameters(workflow, parameters, values)
    values |= {f"parameters.{name}": value for name, value in _brought(run, parameters, filled)}
    output.mkdir(parents=True, exist_ok=True)
    code = 0
    for step in workflow.steps:
        code = run.program(*(fill(argument, values) for argument in step.run), talk=talk)
        if code != 0:
            break
    run.fetch(output)
    return Outcome(code, results_of(workflow, output) if code == 0 else {}, filled)


def _brought(
    run: RemoteRun, given: Mapping[str, str], filled: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the parameters as the device has them; only those that a person gave are ours."""
    return [
        (name, run.bring(name, Path(value)) if name in given and Path(value).exists() else value)
        for name, value in filled.items()
    ]
