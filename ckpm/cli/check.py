"""``ckpm check``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from ckpm.check import Finding, Judged, check_environment, check_paths
from ckpm.cli.columns import table
from ckpm.cli.context import Context, add_common
from ckpm.errors import BuildError, NotFoundError, UsageError

EXAMPLES = {
    "check": "examples:\n"
    "  ckpm check                                     the project's environment, or yours\n"
    "  ckpm check -e object-detection --target linux-arm64:glibc=2.31\n"
    "  ckpm check libdetect.so --target android-arm64:api=24 --all\n"
    "  ckpm check build/out --built --target windows-x86_64\n"
}

SHOWN_ALIKE = 3


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files and directories to judge in place of an environment",
    )
    parser.add_argument("--all", action="store_true", help="show notes too, and every finding")
    parser.add_argument(
        "--built",
        action="store_true",
        help="judge each PATH as built here: what can be mended is an error, and no path of this "
        "user's home may be in it",
    )
    add_common(parser, "env", "target", "json", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Judge, and fail when something will not work on the target."""
    judged = _paths(options, context) if options.paths else _environment(options, context)
    errors = sum(finding.severity == "error" for each in judged for finding in each.findings)
    if not context.is_json:
        context.print(_report(judged, everything=options.all))
        context.say(_summary(judged, context.target.name))
    context.finish({"target": context.target.name, "packages": [each.plain() for each in judged]})
    return BuildError.exit_code if errors else 0


def _paths(options: argparse.Namespace, context: Context) -> list[Judged]:
    if options.env:
        raise UsageError("paths are judged, or an environment: not both")
    paths = [Path(text) for text in options.paths]
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise NotFoundError(f"there is no `{missing}`")
    strange = next((path for path in paths if not (path.is_file() or path.is_dir())), None)
    if strange is not None:
        raise UsageError(f"`{strange}` is neither a file nor a directory")
    home = _home(context) if options.built else []
    return check_paths(paths, context.target, home, built_here=options.built)


def _environment(options: argparse.Namespace, context: Context) -> list[Judged]:
    if options.built:
        raise UsageError("`--built` is for paths: an environment knows what was built")
    session = context.session
    place = session.place(options.env)
    generation = session.environment(place, context.target.name).directory
    forbidden = [*_home(context), str(session.store.root / "work")]
    return check_environment(generation, context.target, session.store, forbidden)


def _home(context: Context) -> list[str]:
    home = context.session.environ.get("HOME", "")
    return [home] if home.strip("/") else []


def _report(judged: Sequence[Judged], *, everything: bool) -> str:
    """Return the packages, and below each what was found, the gravest first."""
    lines = [
        table(
            [(each.package, each.origin, str(each.compiled), _verdict(each)) for each in judged],
            ("package", "origin", "compiled", "verdict"),
        )
    ]
    for each in judged:
        shown = [f for f in each.findings if everything or f.severity != "note"]
        if shown:
            lines += [f"\n{each.package}\n", *_findings(shown, everything=everything)]
    return "".join(lines)


def _verdict(judged: Judged) -> str:
    counts = Counter(finding.severity for finding in judged.findings)
    told = [_counted(counts[s], s) for s in ("error", "warning") if counts[s]]
    return ", ".join(told) or "sound"


def _findings(found: Sequence[Finding], *, everything: bool) -> Iterator[str]:
    """Yield lines; of many alike (a rule that many files break) the first few are shown."""
    for (severity, rule), group in groupby(
        sorted(found, key=_alike), key=lambda f: (f.severity, f.rule)
    ):
        alike = list(group)
        shown = alike if everything else alike[:SHOWN_ALIKE]
        for finding in shown:
            yield f"  {severity}: {finding.file} {finding.message} [{rule}]\n"
        if len(alike) > len(shown):
            yield f"  {severity}: {len(alike) - len(shown)} more like it (`--all` shows them)\n"
        for hint in dict.fromkeys(finding.hint for finding in shown if finding.hint):
            yield f"    hint: {hint}\n"


def _alike(finding: Finding) -> tuple[int, str, str]:
    order = ("error", "warning", "note").index(finding.severity)
    return order, finding.severity, finding.rule


def _summary(judged: Sequence[Judged], target: str) -> str:
    found = Counter(finding.severity for each in judged for finding in each.findings)
    files = sum(each.compiled for each in judged)
    told = f"{_counted(found['error'], 'error')}, {_counted(found['warning'], 'warning')}"
    return f"{_counted(files, 'compiled file')} for {target}: {told}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
