"""From the words of ``ckpm run`` to a workflow, and the environment that it runs in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ckpm.cli.context import Context
from ckpm.cli.request import Request, environment_request
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.pairs import pair, unanimous
from ckpm.model.workflow import Workflow


def workflow_request(options: argparse.Namespace, context: Context) -> tuple[Request, Workflow]:
    """Find a workflow: the named environment's, this project's, or the ready one of that name."""
    chosen = options_of(options)
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


def options_of(options: argparse.Namespace) -> dict[str, str]:
    """Return the environment's options that were chosen; `--runtime` is one of them."""
    runtime = [f"runtime={options.runtime}"] if options.runtime else []
    return pairs_of([*options.option, *runtime])


def pairs_of(texts: Sequence[str]) -> dict[str, str]:
    """Read words of the form `name=value`."""
    for text in texts:
        if "=" not in text:
            raise UsageError(f"`{text}` is no parameter", hints=["write it as `name=value`"])
    return unanimous(map(pair, texts))
