"""``ckpm install``, ``add``, ``remove`` and ``update``."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from ckpm.cli.adding import declare_artifact, names_artifact
from ckpm.cli.columns import size
from ckpm.cli.context import Context, add_common
from ckpm.cli.done import remember
from ckpm.cli.render import plan_text
from ckpm.cli.request import (
    Request,
    environment_request,
    install,
    prepare,
    with_reachability,
    with_requirements,
    written,
)
from ckpm.errors import NotFoundError
from ckpm.model.lock import LockedTarget
from ckpm.model.pairs import unanimous
from ckpm.model.plan import PackageStep
from ckpm.model.recipe import ALWAYS
from ckpm.model.request import Environment, Prepared
from ckpm.model.requirement import parse_requirement
from ckpm.recipe.edit import save, undeclare, unrequire

EXAMPLES = {
    "install": "examples:\n  ckpm install tensorflow model-ssd-mobilenet\n"
    "  ckpm install 'numpy>=2' --dry-run\n"
    "  ckpm install tensorflow model-ssd-mobilenet --target android-arm64\n"
    "  ckpm install                            everything that ckpm.yaml requires\n",
    "add": "examples:\n  ckpm add tensorflow@2.16\n  ckpm add ./model.tflite\n"
    "  ckpm add https://example.org/data.zip\n",
    "remove": "examples:\n  ckpm remove tensorflow\n",
    "update": "examples:\n  ckpm update                 everything\n"
    "  ckpm update tensorflow      move as little as possible\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    many = "+" if command == "remove" else "*"
    parser.add_argument(
        "packages",
        nargs=many,
        metavar="PACKAGE",
        help="such as numpy, 'numpy>=2' or tensorflow:accel=cuda",
    )
    add_common(parser, "env", "target", "dry-run", "json", "quiet", "store", "offline")
    add_common(parser, "prefer", "lowest", "no-detected", "allow-unverified")
    if command == "add":
        parser.add_argument("--name", help="the name of a file's or address's package")
        parser.add_argument(
            "--kind", help="what a file is: model, dataset, library, tool or program"
        )


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    started = time.monotonic()
    create = command in ("install", "add") and bool(options.packages)
    request = environment_request(context, options.env, create=create)
    before = context.session.store.current(request.place.key, context.target.name)
    text, request = _edited(command, options, context, request)
    keep = command != "update" or bool(options.packages)
    free = options.packages if command == "update" else ()
    prepared = prepare(context, request, keep=keep, free=free, empty=command == "remove")
    if options.dry_run:
        prepared = with_reachability(context, prepared)
        context.print(_choices_text(prepared) + "\n" + plan_text(prepared.plan))
        say_moves(context, prepared)
        return context.finish(plan_document(prepared))
    environment = install(context, request, prepared)
    prepared = environment.made_from or prepared
    if not request.place.is_ready:
        _save(context, request, text)
    typed = options.packages if create else ()
    done = _settled(request, typed)
    remember(context.session, prepared, environment.directory, target=options.target, packages=done)
    return _report(context, prepared, environment, before, time.monotonic() - started)


def _save(context: Context, request: Request, text: str) -> None:
    """Write the environment file; our own edit takes nobody's trust away."""
    with context.session.trust.kept(request.place):
        save(request.place.file, text)


def _edited(
    command: str, options: argparse.Namespace, context: Context, request: Request
) -> tuple[str, Request]:
    """Return the environment file's new text and what it requires then; nothing is written yet."""
    text = written(request.place)
    if command == "remove":
        return _removed(context, dict.fromkeys(options.packages), text, request)
    if command == "update":
        return text, request
    texts = list(options.packages)
    files = []
    for position, argument in enumerate(texts):
        if names_artifact(argument):
            text, name, request = declare_artifact(context, options, request, text, argument)
            files.append((name, argument))
            texts[position] = name
    unanimous(files, "add them one by one, each with a `--name`")
    own = {recipe.name for recipe in request.own}
    known = context.requirements([t for t in texts if t not in own])
    known += [parse_requirement(t, "the command line") for t in texts if t in own]
    return with_requirements(context, request, known, text)


def _removed(
    context: Context, packages: Iterable[str], text: str, request: Request
) -> tuple[str, Request]:
    for package in packages:
        shorter = unrequire(text, package, str(request.place.file))
        if shorter is None:
            raise NotFoundError(
                f"the environment `{request.place.name}` does not require `{package}`",
                hints=["`ckpm list` shows what it requires"],
            )
        text = undeclare(shorter, package, str(request.place.file))
    gone = [n for n in request.declared.requires if n.requirement.package in packages]
    context.session.remark(f"no longer required: {'; '.join(map(str, gone))}")
    kept = tuple(r for r in request.requirements if r.package not in packages)
    return text, replace(request, requirements=kept)


def _settled(request: Request, typed: Sequence[str]) -> list[str]:
    """Return the texts of which each, installed alone, would change nothing."""
    declared = request.declared.requires
    often = Counter(need.requirement.package for need in declared)
    once = {
        n.requirement.package
        for n in declared
        if n.when == ALWAYS and often[n.requirement.package] == 1
    }
    texts = [*typed, *map(str, request.requirements)]
    return [t for t in texts if names_artifact(t) or parse_requirement(t).package in once]


def _report(
    context: Context,
    prepared: Prepared,
    environment: Environment,
    before: Path | None,
    seconds: float,
) -> int:
    changed = before != environment.directory
    if not changed:
        context.say(f"{prepared.place.name} is up to date: nothing to do")
    else:
        say_moves(context, prepared)
        for package in prepared.locked.in_scope():
            context.say(f"  {package.title} ({package.method})")
        context.say(
            f"{prepared.place.name} is ready for {environment.target}"
            f" (generation {environment.directory.name}, {seconds:.1f} s)"
        )
        if environment.target == context.session.native.name:
            name = "" if prepared.place.is_project else f" -e {prepared.place.name}"
            flag = "" if prepared.place.name == "default" else name
            context.say(f'step into it with: eval "$(ckpm activate{flag})"')
    return context.finish(
        {**plan_document(prepared), "changed": changed, "directory": str(environment.directory)}
    )


def say_moves(context: Context, prepared: Prepared) -> None:
    """Tell what changes of what was locked before, and why; what is new is listed anyway."""
    for move in prepared.moves:
        if move.old is not None:
            context.say(f"  moved: {move}")


def plan_document(prepared: Prepared) -> dict[str, object]:
    """Return a prepared plan as plain data."""
    return {
        "environment": prepared.place.name,
        "target": prepared.target.name,
        "fetch_bytes": prepared.plan.fetch_bytes,
        "builds": [
            s.package.name
            for s in prepared.plan.steps
            if isinstance(s, PackageStep) and s.verb == "build"
        ],
        "notes": list(prepared.plan.notes),
        "moves": [asdict(move) for move in prepared.moves],
        "packages": packages_document(prepared.locked),
    }


def packages_document(entry: LockedTarget) -> list[dict[str, object]]:
    """Return the locked packages as plain data."""
    return [
        {
            "name": package.name,
            "version": package.version,
            "options": dict(package.options),
            "from": package.method,
            "scope": package.scope,
            "files": [
                {
                    "name": artifact.name,
                    "size": artifact.size,
                    "digests": {digest.algorithm: digest.value for digest in artifact.digests},
                    "urls": list(artifact.urls),
                    "registry": artifact.registry,
                    "reference": artifact.reference,
                }
                for artifact in package.artifacts
            ],
        }
        for package in entry.packages
    ]


def _choices_text(prepared: Prepared) -> str:
    closures = sum(closure.size_bytes for closure in prepared.locked.closures)
    from ckpm.cli.render import resolution_table

    if prepared.resolution is None:
        return f"from the lock; Python packages: {size(closures)}\n"
    return resolution_table(prepared.resolution)
