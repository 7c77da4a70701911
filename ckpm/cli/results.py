"""``ckpm results``: what runs left behind, one by one or side by side."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from ckpm.cli.columns import table
from ckpm.cli.context import Context, add_common
from ckpm.workflow import Results, RunRecord


def add_result_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `list`, `show` and `compare` take."""
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


def records(context: Context) -> Results:
    """Return everything that was run with this store."""
    return Results(context.session.store.root / "results.sqlite")


def show_results(options: argparse.Namespace, context: Context) -> int:
    """Carry out `ckpm results list`, `show` or `compare`."""
    recorded = records(context)
    if options.action == "list":
        runs = recorded.all()
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
    runs = [recorded.run(number) for number in options.numbers]
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
