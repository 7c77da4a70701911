"""``ckpm run`` and ``ckpm results``."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.cli.columns import size
from ckpm.cli.context import Context, add_common, add_exact
from ckpm.cli.render import plan_text
from ckpm.cli.request import (
    Request,
    install_as_locked,
    prepare_as_locked,
    with_reachability,
)
from ckpm.cli.results import add_result_arguments, records, show_results
from ckpm.cli.workflow_request import options_of, pairs_of, workflow_request
from ckpm.detect.facts import machine_facts
from ckpm.errors import UsageError
from ckpm.model.request import Environment, Place, Prepared
from ckpm.model.workflow import Workflow
from ckpm.schema.lock_text import lock_text
from ckpm.workflow import RunRecord
from ckpm.workflow.execute import Outcome, chosen_parameters

if TYPE_CHECKING:  # Few runs are elsewhere.
    from ckpm.cli.deploy import Visit
    from ckpm.cli.running import Asked

EXAMPLES = {
    "run": "examples:\n  ckpm run object-detection\n"
    "  ckpm run object-detection --runtime tensorflow\n"
    "  ckpm run object-detection repeats=50 images=./my-photos\n"
    "  ckpm run detect                         a workflow of this project\n"
    "  ckpm run object-detection images=./my-photos --on ssh://pi@raspberrypi\n"
    "  ckpm run object-detection --on adb:\n",
    "results": "examples:\n  ckpm results list\n  ckpm results show 3\n"
    "  ckpm results compare 2 3\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    if command == "results":
        add_result_arguments(parser)
        return
    parser.add_argument(
        "workflow", metavar="WORKFLOW", help="a ready environment's or this project's"
    )
    parser.add_argument(
        "values", nargs="*", metavar="NAME=VALUE", help="parameters of the workflow"
    )
    parser.add_argument(
        "--runtime", metavar="NAME", help="shorthand for the environment's option `runtime`"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the environment",
    )
    parser.add_argument(
        "--output", metavar="DIR", help="where results go (default: WORKFLOW-results)"
    )
    parser.add_argument(
        "--on",
        metavar="DEVICE",
        help="deploy to this device and run there: ssh://[user@]host[:port] or adb:[SERIAL]",
    )
    add_exact(parser)
    add_common(parser, "env", "target", "dry-run", "json", "quiet", "store", "offline")
    add_common(parser, "prefer", "lowest", "no-detected", "allow-unverified")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    if command == "results":
        return show_results(options, context)
    with _device(options, context) as there:
        return _run(options, context, there)


@contextmanager
def _device(options: argparse.Namespace, context: Context) -> Iterator[Visit | None]:
    """Give the device of ``--on``, which also says what the target is."""
    if options.on is None:
        yield None
        return
    from ckpm.cli.deploy import visit

    with visit(context, options.on) as there:
        options.target = options.target or there.facts.target(context.session.platforms)
        yield there


def _run(options: argparse.Namespace, context: Context, there: Visit | None) -> int:
    request, workflow = workflow_request(options, context)
    parameters = pairs_of(options.values)
    chosen_parameters(workflow, parameters)
    if request.place.project is not None:
        context.session.trust.require(request.place.project, "running it")
    prepared = prepare_as_locked(context, request)
    if options.dry_run:
        prepared = with_reachability(context, prepared)
        context.print(plan_text(prepared.plan))
        return context.finish({"workflow": workflow.name, "fetch_bytes": prepared.plan.fetch_bytes})
    if not context.session.is_current(prepared):
        context.say(
            f"preparing {prepared.place.name}: at most {size(prepared.plan.fetch_bytes)} to fetch"
        )
    _require_interpreter(context, there, prepared, workflow)
    environment = install_as_locked(context, request, prepared)
    prepared = environment.made_from or prepared
    root = _deployed(context, there, request.place, environment)
    output = _output(options.output, workflow)
    started, clock = datetime.now(UTC), time.monotonic()
    asked = (workflow, parameters, output)
    outcome = _outcome(context, request, environment, (there, root), asked)
    context.session.trust.take(request.place, output)
    record = RunRecord(
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 3),
        environment=request.place.key,
        workflow=workflow.name,
        target=environment.target,
        lock=_lock_digest(prepared),
        exit_code=outcome.exit_code,
        machine=_machine(context, there),
        parameters={**outcome.parameters, **options_of(options)},
        results=outcome.results,
        packages={p.name: p.version for p in prepared.locked.in_scope()},
        output=str(output),
    )
    number = records(context).add(record)
    _tell(context, workflow, output, number, outcome.exit_code)
    if context.is_json:
        context.finish({"run": number, **asdict(record)})
    return outcome.exit_code


def _output(stated: str | None, workflow: Workflow) -> Path:
    """Return where results go; unasked, not to where somebody's link leads."""
    output = Path(stated or f"{workflow.name}-results").absolute()
    if stated is None and output.is_symlink():
        raise UsageError(f"`{output}` is a link", hints=["say where results go: `--output DIR`"])
    return output


def _require_interpreter(
    context: Context, there: Visit | None, prepared: Prepared, workflow: Workflow
) -> None:
    """Find out before anything is fetched whether a foreign Python part can be run here."""
    if there is None and context.target.name != context.session.native.name:
        from ckpm.cli.interpreting import target_python

        target_python(context, prepared, workflow)


def _deployed(context: Context, there: Visit | None, place: Place, environment: Environment) -> str:
    """Bring an environment to the device; return where it lies there, nothing without one."""
    if there is None:
        return ""
    from ckpm.cli.deploy import deployed

    return deployed(context, there, place, environment)


def _outcome(
    context: Context,
    request: Request,
    environment: Environment,
    where: tuple[Visit | None, str],
    asked: Asked,
) -> Outcome:
    """Run a workflow here or on a device, where the environment lies at the root given."""
    there, root = where
    if there is None:
        from ckpm.cli.running import run_here

        return run_here(context, request, environment, asked)
    from ckpm.cli.deploy import run_on_device

    return run_on_device(context, there, root, asked)


def _machine(context: Context, there: Visit | None) -> dict[str, str]:
    if there is not None:
        return there.facts.rows()
    return dict(machine_facts(context.session.host, context.facts_cache).rows())


def _tell(context: Context, workflow: Workflow, output: Path, number: int, code: int) -> None:
    if code != 0:
        context.say(f"the workflow ended with {code}; recorded as run {number}")
        return
    for name in (name for name in workflow.shows if (output / name).exists()):
        context.say(f"look at: {output / name}")
    context.say(f"recorded as run {number}: `ckpm results show {number}`")


def _lock_digest(prepared: Prepared) -> str:
    return hashlib.sha256(lock_text(prepared.lock).encode()).hexdigest()
