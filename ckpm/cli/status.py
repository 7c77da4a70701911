"""``ckpm status`` and ``ckpm list``."""

from __future__ import annotations

import argparse

from ckpm.cli.columns import size, table
from ckpm.cli.context import Context, add_common
from ckpm.cli.install import packages_document
from ckpm.cli.request import Request, environment_request
from ckpm.errors import NotFoundError
from ckpm.model.lock import LockedTarget
from ckpm.plan import read_lock

EXAMPLES = {
    "status": "examples:\n  ckpm status\n  ckpm status -e object-detection --json\n",
    "list": "examples:\n  ckpm list\n  ckpm list --python     the whole Python closure too\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    add_common(parser, "env", "target", "json", "store")
    if command == "list":
        parser.add_argument("--python", action="store_true", help="show the Python closure too")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    request = environment_request(context, options.env)
    entry = _entry(context, request)
    if command == "status":
        return _status(context, request, entry)
    if entry is None:
        raise NotFoundError(
            f"nothing is locked for {context.target.name}", hints=["run `ckpm install`"]
        )
    rows = [
        (p.name, p.version, " ".join(f"{n}={v}" for n, v in p.options), p.method, p.license)
        for p in entry.in_scope()
    ]
    context.print(table(rows, ("package", "version", "options", "from", "licence")))
    closure = entry.closure()
    if options.python and closure is not None:
        wheels = [
            (d.name, d.version, size(d.wheels[0].size if d.wheels else None))
            for d in closure.distributions
        ]
        context.print("\n" + table(wheels, ("distribution", "version", "wheel")))
    return context.finish({"packages": packages_document(entry)})


def _entry(context: Context, request: Request) -> LockedTarget | None:
    lock = read_lock(request.place.lock)
    return lock.target(context.target.name) if lock else None


def _status(context: Context, request: Request, entry: LockedTarget | None) -> int:
    store, target = context.session.store, context.target.name
    current = store.current(request.place.key, target)
    required = [str(requirement) for requirement in request.requirements]
    fits = entry is not None and list(entry.requires) == required
    lock = "none" if entry is None else "fits" if fits else "stale: run `ckpm lock`"
    rows = [
        ("environment", request.place.name),
        ("declared in", str(request.place.file)),
        ("requires", ", ".join(required) or "nothing"),
        ("target", target),
        ("lock", lock),
        ("generation", current.name if current else "none: run `ckpm install`"),
        (
            "active here",
            "yes" if context.session.environ.get("CKPM_ENV_DIR") == str(current) else "no",
        ),
    ]
    context.print(table(rows))
    return context.finish({name.replace(" ", "_"): value for name, value in rows})
