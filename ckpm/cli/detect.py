"""``ckpm detect``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ckpm.cli.columns import table
from ckpm.cli.context import Context, add_common
from ckpm.cli.installations import (
    by_directory,
    document,
    explanation,
    grouped,
    listed,
    sighting_document,
)
from ckpm.cli.progress import Counting
from ckpm.config.project_files import CONTENT_DIR
from ckpm.detect import Journal, Search
from ckpm.detect.facts import machine_facts
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.installation import Installation
from ckpm.model.layout import DEPTHS

EXPORTS = ("spack", "conan", "cmake")

EXAMPLES = {
    "detect": "examples:\n  ckpm detect\n  ckpm detect python gcc --json\n"
    "  ckpm detect --explain cmake\n"
    "  ckpm detect --search-path /opt/site --only-search-path\n"
    "  ckpm detect --platform linux-arm64\n"
    "  ckpm detect --export spack > packages.yaml\n"
    "  ckpm detect --replay machine.yaml\n"
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "packages", nargs="*", metavar="PACKAGE", help="what to look for (default: everything)"
    )
    parser.add_argument(
        "--facts", action="store_true", help="show what the machine is, and its devices, and stop"
    )
    parser.add_argument("--all", action="store_true", help="a line for every installation")
    parser.add_argument(
        "--explain", action="store_true", help="say why each candidate was taken or left"
    )
    parser.add_argument(
        "--search-path",
        action="append",
        default=[],
        metavar="DIR",
        help="look here first; can be repeated",
    )
    parser.add_argument(
        "--only-search-path", action="store_true", help="look at nothing outside of them"
    )
    parser.add_argument(
        "--platform", metavar="PLATFORM", help="what another platform could use (default: here)"
    )
    parser.add_argument(
        "--depth",
        choices=DEPTHS,
        default="count",
        help="how deep data and models are looked at: that files are there, that there are as many "
        "as there should be, or that they are the published ones (default: count)",
    )
    parser.add_argument("--refresh", action="store_true", help="ask every tool again")
    parser.add_argument("--export", choices=EXPORTS, help="write what another tool reads")
    parser.add_argument("--replay", metavar="FILE", help="scan a recorded machine instead")
    add_common(parser, "json", "quiet", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Find and list installations."""
    _check(options, context)
    if options.facts:
        facts = machine_facts(context.session.host, context.facts_cache, with_phones=True)
        context.print(table(facts.rows()))
        return context.finish(facts.document())
    journal = Journal(
        context.session.notes.append,
        options.packages if options.explain else (),
        Counting("asking programs") if context.draws else None,
    )
    found = context.session.detect(_search(options, context), journal)
    for note in context.session.notes:
        context.say(f"warning: {note}")
    if journal.ran and os.geteuid() == 0 and not options.replay:
        context.say(f"run as root, to ask for versions: {by_directory(journal.ran)}")
    if options.export:
        from ckpm.cli.exports import export

        text = export(options.export, found, context.session)
        context.print(text)
        return context.finish({"for": options.export, "text": text})
    _show(options, context, found, journal)
    for name in options.packages:
        if not any(each.package == name for each in found):
            context.say(f"`{name}` is not on this machine")
    if options.explain:
        seen = [sighting_document(each) for each in journal.sightings]
        explained = {"candidates": seen, "searched": journal.searched, "ran": journal.ran}
        return context.finish({"found": [document(i) for i in found], **explained})
    return context.finish([document(each) for each in found])


def _check(options: argparse.Namespace, context: Context) -> None:
    for name in options.packages:
        if name not in context.session.content.detectable:
            raise NotFoundError(f"no detector finds `{name}`", hints=_hints(context, name))
    if options.explain and not options.packages:
        raise UsageError("explain what?", hints=["ckpm detect --explain PACKAGE"])
    if options.only_search_path and not options.search_path:
        raise UsageError("`--only-search-path` needs a `--search-path DIR`")
    for directory in options.search_path:
        if not Path(directory).is_dir() and not options.replay:
            raise NotFoundError(f"there is no directory `{directory}`")


def _search(options: argparse.Namespace, context: Context) -> Search:
    return Search(
        options.packages or None,
        tuple(str(Path(directory).absolute()) for directory in options.search_path),
        only=options.only_search_path,
        platform=context.session.target(options.platform) if options.platform else None,
        fresh=options.refresh,
        depth=options.depth,
    )


def _show(
    options: argparse.Namespace, context: Context, found: tuple[Installation, ...], journal: Journal
) -> None:
    if options.explain:
        for name in options.packages:
            own = [each for each in found if each.package == name]
            context.print(explanation(name, journal, own))
    elif options.packages:
        context.print(listed(found) if found else "")
    else:
        if not options.search_path:
            rows = machine_facts(context.session.host, context.facts_cache).rows()
            context.print("This machine\n" + table(rows) + "\n" if rows else "")
        kinds = {each.package: each.kind for each in context.session.content.detectors}
        context.print(grouped(found, kinds, every=options.all) if found else "")


def _hints(context: Context, name: str) -> list[str]:
    project = context.session.content.project
    if project and (project / CONTENT_DIR / "detectors" / f"{name}.yaml").is_file():
        return [f"this project has one, but is not trusted: `ckpm trust {project}`"]
    return [
        f"`ckpm detector new {name}` writes one to start from",
        f"`ckpm register {name} --prefix DIR --version VERSION` does without",
    ]
