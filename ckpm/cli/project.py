"""``ckpm init`` and ``ckpm trust``."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ckpm.cli.context import Context, add_common
from ckpm.config.places import LOCK_FILE, PROJECT_FILE
from ckpm.config.project_files import CONTENT_DIR
from ckpm.config.project_key import is_name
from ckpm.errors import NotFoundError, UsageError
from ckpm.plan import read_lock
from ckpm.recipe.edit import new_environment, save

EXAMPLES = {
    "init": "examples:\n  ckpm init\n  ckpm init --name my-detector\n",
    "trust": "examples:\n  ckpm trust .             as it is now\n"
    "  ckpm trust --edits .     a project of your own, whatever you make of it\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    parser.add_argument(
        "directory", nargs="?", default=".", metavar="DIR", help="the project (default: here)"
    )
    if command == "init":
        parser.add_argument("--name", help="the environment's name (default: the directory's)")
    else:
        parser.add_argument(
            "--edits", action="store_true", help="trust whatever it will hold, not just what it is"
        )
    add_common(parser, "json", "quiet")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    directory = Path(options.directory).absolute()
    file = directory / PROJECT_FILE
    if command == "trust":
        if not file.is_file():
            raise NotFoundError(f"there is no `{PROJECT_FILE}` in `{options.directory}`")
        return _trust(options, context, directory)
    if file.exists():
        raise UsageError(f"`{file}` exists already", hints=["add to it: `ckpm add PACKAGE`"])
    is_new = not directory.exists() or not any(directory.iterdir())
    # Whoever writes a project here means it, but not what somebody else left for it to hold.
    came_first = [name for name in (CONTENT_DIR, LOCK_FILE) if (directory / name).exists()]
    name = (
        options.name
        or re.sub(r"[^a-z0-9._-]+", "-", directory.name.lower()).strip("-.")
        or "project"
    )
    if not is_name(name):
        raise UsageError(f"`{name}` is no name", hints=["use lower-case letters, digits, - _ ."])
    save(file, new_environment(name))
    context.say(f"wrote {file}; next: ckpm add PACKAGE")
    if came_first:
        context.say(
            f"not trusted yet: {', '.join(came_first)} was here before; read it, then: ckpm trust ."
        )
    else:
        context.session.trust.give(directory, edits=is_new)
        if not is_new:
            context.say("trusted as it is now; for your edits to come: ckpm trust --edits .")
    return context.finish({"file": str(file), "name": name, "trusted": not came_first})


def _trust(options: argparse.Namespace, context: Context, directory: Path) -> int:
    """Record consent to a project as it is, or to whatever it will hold, with its locks."""
    locks = [read_lock(path) for path in sorted(directory.glob("ckpm*.lock"))]
    entries = [entry for lock in locks if lock for entry in lock.targets]
    context.session.trust.give(directory, edits=options.edits, entries=entries)
    how = "whatever it will hold" if options.edits else "as it is now"
    context.say(f"trusted {how}: {directory}")
    return context.finish({"trusted": str(directory), "edits": options.edits})
