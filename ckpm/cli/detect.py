"""``ckpm detect``."""

from __future__ import annotations

import argparse

from ckpm.cli.context import Context, add_common
from ckpm.cli.render import table
from ckpm.config.trust import CONTENT_DIR
from ckpm.errors import NotFoundError
from ckpm.model.installation import Installation

EXAMPLES = {
    "detect": "examples:\n  ckpm detect\n  ckpm detect cmake --json\n  ckpm detect python gcc\n"
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "packages", nargs="*", metavar="PACKAGE", help="what to look for (default: everything)"
    )
    parser.add_argument("--refresh", action="store_true", help="ask every tool again")
    add_common(parser, "json", "quiet", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Find and list installations."""
    session = context.session
    known = {detector.package for detector in session.content.detectors}
    for name in options.packages:
        if name not in known:
            raise NotFoundError(f"no detector finds `{name}`", hints=_hints(context, name))
    if options.refresh:
        from ckpm.system.files import remove_tree

        remove_tree(session.settings.cache / "detected")
    found = session.detect(options.packages or None)
    for note in session.notes:
        context.say(f"warning: {note}")
    rows = [(i.package, str(i.version), ",".join(i.abilities), _where(i)) for i in found]
    context.print(table(rows, ("package", "version", "can", "where")))
    for name in options.packages:
        if not any(i.package == name for i in found):
            context.say(f"`{name}` is not on this machine")
    return context.finish([_document(i) for i in found])


def _hints(context: Context, name: str) -> list[str]:
    project = context.session.content.project
    if project and (project / CONTENT_DIR / "detectors" / f"{name}.yaml").is_file():
        return [f"this project has one, but is not trusted: `ckpm trust {project}`"]
    return [f"it could be written: detectors/{name}.yaml"]


def _where(installation: Installation) -> str:
    return installation.executable if installation.python is None else f"in {installation.python}"


def _document(installation: Installation) -> dict[str, object]:
    return {
        "package": installation.package,
        "version": str(installation.version),
        "prefix": installation.prefix,
        "abilities": list(installation.abilities),
        "options": dict(installation.options),
        "evidence": list(installation.evidence),
        "python": installation.python,
        "origin": installation.origin,
    }
