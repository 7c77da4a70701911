"""``ckpm env`` and ``ckpm store``."""

from __future__ import annotations

import argparse

from ckpm._content import bundled_dir
from ckpm.cli.columns import size, table
from ckpm.cli.context import Context, add_common
from ckpm.cli.env_export import FORMATS, export
from ckpm.errors import NotFoundError
from ckpm.install.records import read_generation
from ckpm.recipe import load_environment
from ckpm.system.files import remove_tree, tree_size

EXAMPLES = {
    "env": "examples:\n  ckpm env list\n  ckpm env show -e object-detection\n  ckpm env rollback\n"
    "  ckpm env export cmake --target linux-arm64     for a CMake project here\n"
    "  ckpm env export aar -e vision                  for an Android app\n",
    "store": "examples:\n  ckpm store list\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    if command == "store":
        actions = parser.add_subparsers(dest="action", required=True, metavar="list")
        add_common(actions.add_parser("list", help="every result with its size"), "json", "store")
        return
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="list|show|remove|rollback|export"
    )
    add_common(actions.add_parser("list", help="every environment"), "json", "store")
    for name, text in (
        ("show", "the variables that an environment sets"),
        ("remove", "remove an environment and its generations"),
        ("rollback", "go back to an earlier generation"),
    ):
        action = actions.add_parser(name, help=text)
        add_common(action, "env", "target", "json", "store", "yes")
        if name == "rollback":
            action.add_argument("generation", nargs="?", type=int, help="(default: the one before)")

    action = actions.add_parser("export", help="write an environment for other tools")
    action.add_argument(
        "format", choices=FORMATS, help="; ".join(f"{k}: {v}" for k, v in FORMATS.items())
    )
    action.add_argument("--output", metavar="PATH", help="where to write")
    add_common(action, "env", "target", "json", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    if command == "store":
        return _store(context)
    match options.action:
        case "list":
            return _list(context)
        case "show":
            return _show(options, context)
        case "export":
            return export(options, context)
        case "remove":
            return _remove(options, context)
        case _:
            return _rollback(options, context)


def _list(context: Context) -> int:
    store = context.session.store
    rows = []
    installed = sorted(store.environments.iterdir()) if store.environments.is_dir() else []
    for directory in installed:
        targets = [p.name for p in sorted(directory.iterdir()) if p.is_dir() and not p.is_symlink()]
        counts = [f"{t} ({len(store.generations(directory.name, t))})" for t in targets]
        rows.append((directory.name, "installed", ", ".join(counts)))
    for path in sorted(bundled_dir("envs").glob("*.yaml")):
        if path.stem not in {row[0] for row in rows}:
            rows.append((path.stem, "ready", load_environment(path).summary))
    context.print(table(rows, ("environment", "", "targets (generations)")))
    return context.finish([dict(zip(("name", "state", "about"), row, strict=True)) for row in rows])


def _show(options: argparse.Namespace, context: Context) -> int:
    environment = context.session.environment(
        context.session.place(options.env), context.target.name
    )
    rows = [
        (type(change).__name__, change.name, getattr(change, "value", ""))
        for change in read_generation(environment.directory)
    ]
    context.print(f"{environment.directory}\n" + table(rows))
    return context.finish({"directory": str(environment.directory), "changes": rows})


def _remove(options: argparse.Namespace, context: Context) -> int:
    place = context.session.place(options.env)
    directory = context.session.store.environment(place.key)
    if not directory.is_dir():
        raise NotFoundError(f"the environment `{place.name}` is not installed")
    if not context.confirm(f"remove all generations of `{place.name}`?"):
        return 1
    remove_tree(directory)
    context.say(f"{place.name} is removed; its packages stay in the store")
    return context.finish({"removed": place.name})


def _rollback(options: argparse.Namespace, context: Context) -> int:
    store, place, target = (
        context.session.store,
        context.session.place(options.env),
        context.target.name,
    )
    numbers = store.generations(place.key, target)
    current = store.current(place.key, target)
    wanted = options.generation
    if wanted is None and current is not None:
        wanted = max((n for n in numbers if n < int(current.name)), default=None)
    if wanted not in numbers:
        raise NotFoundError(
            f"`{place.name}` has no such generation for {target}",
            hints=[f"it has: {', '.join(map(str, numbers)) or 'none'}"],
        )
    store.switch(place.key, target, wanted)
    context.say(f"{place.name} is at generation {wanted} again; running programs keep theirs")
    return context.finish({"generation": wanted})


def _store(context: Context) -> int:
    results = context.session.store.root / "results"
    paths = sorted(p for p in results.iterdir() if p.is_dir()) if results.is_dir() else []
    rows = [(path.name[33:], size(tree_size(path)), path.name[:8]) for path in paths]
    context.print(table(rows, ("result", "size", "key")))
    return context.finish([{"result": r, "size": s, "key": k} for r, s, k in rows])
