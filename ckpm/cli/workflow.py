"""``ckpm run`` and ``ckpm results``."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.cli.columns import size, table
from ckpm.cli.context import Context, add_common
from ckpm.cli.render import plan_text
from ckpm.cli.request import Request, environment_request, install, prepare, with_reachability
from ckpm.config.trust import require_trust
from ckpm.detect.facts import machine_facts
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.request import Environment, Place, Prepared
from ckpm.model.workflow import Workflow
from ckpm.plan.lockfile import lock_text
from ckpm.workflow import Results, RunRecord
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
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|compare")
        for name, text, numbers in (
            ("list", "every run, newest first", None),
            ("show", "everything about one run", 1),
            ("compare", "runs side by side", "+"),
        ):
            action = actions.add_parser(name, help=text)
            if numbers:
                action.add_argument(
                    "numbers", nargs=numbers, type=int, metavar="RUN", help="a run's number"
                )
            add_common(action, "json", "store")
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
    add_common(parser, "env", "target", "dry-run", "json", "quiet", "store", "offline")
    add_common(parser, "prefer", "lowest", "no-detected", "allow-unverified")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    if command == "results":
        return _results(options, context)
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
    request, workflow = _workflow(options, context)
    parameters = _pairs(options.values)
    chosen_parameters(workflow, parameters)
    if request.place.is_project:
        require_trust(
            request.place.file.parent, context.session.content.trust_register, "running it"
        )
    prepared = prepare(context, request)
    if options.dry_run:
        prepared = with_reachability(context, prepared)
        context.print(plan_text(prepared.plan))
        return context.finish({"workflow": workflow.name, "fetch_bytes": prepared.plan.fetch_bytes})
    if not context.session.is_current(prepared):
        context.say(
            f"preparing {prepared.place.name}: at most {size(prepared.plan.fetch_bytes)} to fetch"
        )
    environment = install(context, request, prepared)
    prepared = environment.made_from or prepared
    root = _deployed(context, there, request.place, environment)
    output = Path(options.output or f"{workflow.name}-results").absolute()
    started, clock = datetime.now(UTC), time.monotonic()
    asked = (workflow, parameters, output)
    outcome = _outcome(context, request, environment, (there, root), asked)
    record = RunRecord(
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 3),
        environment=request.place.key,
        workflow=workflow.name,
        target=environment.target,
        lock=_lock_digest(prepared),
        exit_code=outcome.exit_code,
        machine=_machine(context, there),
        parameters={**outcome.parameters, **_options(options)},
        results=outcome.results,
        packages={p.name: p.version for p in prepared.locked.in_scope()},
        output=str(output),
    )
    number = _records(context).add(record)
    _tell(context, workflow, output, number, outcome.exit_code)
    if context.is_json:
        context.finish({"run": number, **asdict(record)})
    return outcome.exit_code


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


def _workflow(options: argparse.Namespace, context: Context) -> tuple[Request, Workflow]:
    """Find a workflow: the named environment's, this project's, or the ready one of that name."""
    chosen = _options(options)
    names = [options.env] if options.env else [None, options.workflow]
    for name in names:
        try:
            declared = context.session.environment_file(context.session.place(name))
        except NotFoundError:
            continue
        workflow = declared.workflow(options.workflow)
        if workflow is not None:
            request = environment_request(context, name, chosen)
            return request, workflow.chosen(dict(request.options), context.target)
    raise NotFoundError(
        f"there is no workflow `{options.workflow}`",
        hints=[
            "`ckpm env list` shows environments with their workflows",
            f"to run a program: `ckpm exec -- {options.workflow}`",
        ],
    )


def _options(options: argparse.Namespace) -> dict[str, str]:
    chosen = _pairs(options.option)
    return chosen | ({"runtime": options.runtime} if options.runtime else {})


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise UsageError(f"`{text}` is no parameter", hints=["write it as `name=value`"])
    return dict(text.split("=", 1) for text in texts)


def _tell(context: Context, workflow: Workflow, output: Path, number: int, code: int) -> None:
    if code != 0:
        context.say(f"the workflow ended with {code}; recorded as run {number}")
        return
    for name in (name for name in workflow.shows if (output / name).exists()):
        context.say(f"look at: {output / name}")
    context.say(f"recorded as run {number}: `ckpm results show {number}`")


def _lock_digest(prepared: Prepared) -> str:
    return hashlib.sha256(lock_text(prepared.lock).encode()).hexdigest()


def _records(context: Context) -> Results:
    return Results(context.session.store.root / "results.sqlite")


def _results(options: argparse.Namespace, context: Context) -> int:
    records = _records(context)
    if options.action == "list":
        runs = records.all()
        rows = [
            (
                str(r.id),
                r.started,
                r.environment,
                r.workflow,
                f"{r.seconds:.1f} s",
                _short(r.results),
            )
            for r in runs
        ]
        context.print(table(rows, ("run", "started", "environment", "workflow", "took", "results")))
        return context.finish([asdict(r) for r in runs])
    runs = [records.run(number) for number in options.numbers]
    context.print(table(_side_by_side(runs)))
    return context.finish([asdict(r) for r in runs])


def _side_by_side(runs: Sequence[RunRecord]) -> list[list[str]]:
    fields = ("started", "environment", "workflow", "target", "exit_code", "seconds")
    rows = [["run", *(str(r.id) for r in runs)]]
    rows += [[name, *(str(getattr(r, name)) for r in runs)] for name in fields]
    rows.append(["lock", *(r.lock[:12] for r in runs)])
    for group in ("results", "parameters", "packages", "machine"):
        values = [getattr(r, group) for r in runs]
        names = dict.fromkeys(name for value in values for name in value)
        rows += [[f"{group}.{name}", *(str(v.get(name, "")) for v in values)] for name in names]
    rows.append(["output", *(r.output for r in runs)])
    return rows


def _short(results: Mapping[str, object]) -> str:
    shown = (
        f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in results.items()
    )
    return " ".join(shown)
