"""``ckpm lock``, ``sync`` and ``fetch``."""

from __future__ import annotations

import argparse

from ckpm.cli.columns import size
from ckpm.cli.context import Context, add_common, add_exact
from ckpm.cli.install import plan_document, say_moves
from ckpm.cli.render import plan_text, resolution_table
from ckpm.cli.request import (
    Request,
    environment_request,
    install,
    prepare,
    with_reachability,
    with_requirements,
    written,
)
from ckpm.model.request import Prepared

EXAMPLES = {
    "lock": "examples:\n  ckpm lock\n  ckpm lock --target android-arm64\n",
    "sync": "examples:\n  ckpm sync --locked      fail when the lock is stale\n"
    "  ckpm sync --frozen      take the lock as it is\n",
    "fetch": "examples:\n  ckpm fetch && ckpm install --offline\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    if command == "fetch":
        parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="more to fetch for")
    if command == "sync":
        add_exact(parser)
    add_common(parser, "env", "target", "dry-run", "json", "quiet", "store", "offline")
    add_common(parser, "prefer", "lowest", "no-detected", "allow-unverified")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    request = environment_request(context, options.env)
    if command == "fetch" and options.packages:
        asked = context.requirements(options.packages)
        _, request = with_requirements(context, request, asked, written(request.place))
    prepared = _prepared(command, options, context, request)
    if options.dry_run:
        prepared = with_reachability(context, prepared)
        context.print(plan_text(prepared.plan))
        return context.finish(plan_document(prepared))
    match command:
        case "lock":
            _lock(context, prepared)
        case "fetch":
            prepared = context.session.fetch(prepared, request.own)
            context.say("everything is here: `ckpm install --offline` needs no network now")
        case _:
            environment = install(context, request, prepared)
            number = environment.directory.name
            context.say(f"{prepared.place.name} is what the lock says (generation {number})")
    return context.finish(plan_document(prepared))


def _prepared(
    command: str, options: argparse.Namespace, context: Context, request: Request
) -> Prepared:
    if command == "sync" and (options.locked or options.frozen):
        return context.session.prepare_locked(
            request.place, request.requirements, target=context.target, frozen=options.frozen
        )
    return prepare(context, request)


def _lock(context: Context, prepared: Prepared) -> None:
    context.session.write_lock(prepared)
    if prepared.resolution is not None:
        context.print(resolution_table(prepared.resolution))
    for note in dict.fromkeys(prepared.plan.notes):
        context.say(f"note: {note}")
    say_moves(context, prepared)
    total = size(prepared.plan.fetch_bytes)
    context.say(f"locked {prepared.target.name} in {prepared.place.lock} ({total} to fetch)")
