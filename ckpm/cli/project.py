"""``ckpm init`` and ``ckpm trust``."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ckpm.cli.context import Context, add_common
from ckpm.config.places import PROJECT_FILE
from ckpm.config.trust import trust
from ckpm.errors import NotFoundError, UsageError
from ckpm.recipe.edit import new_environment, save

EXAMPLES = {
    "init": "examples:\n  ckpm init\n  ckpm init --name my-detector\n",
    "trust": "examples:\n  ckpm trust .\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    parser.add_argument(
        "directory", nargs="?", default=".", metavar="DIR", help="the project (default: here)"
    )
    if command == "init":
        parser.add_argument("--name", help="the environment's name (default: the directory's)")
    add_common(parser, "json", "quiet")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    directory = Path(options.directory).absolute()
    file = directory / PROJECT_FILE
    register = context.session.content.trust_register
    if command == "trust":
        if not file.is_file():
            raise NotFoundError(f"there is no `{PROJECT_FILE}` in `{options.directory}`")
        trust(directory, register)
        context.say(f"trusted as it is now: {directory}")
        return context.finish({"trusted": str(directory)})
    if file.exists():
        raise UsageError(f"`{file}` exists already", hints=["add to it: `ckpm add PACKAGE`"])
    name = (
        options.name
        or re.sub(r"[^a-z0-9._-]+", "-", directory.name.lower()).strip("-.")
        or "project"
    )
    save(file, new_environment(name))
    # Whoever writes a project here means it.
    trust(directory, register)
    context.say(f"wrote {file}; next: ckpm add PACKAGE")
    return context.finish({"file": str(file), "name": name})
