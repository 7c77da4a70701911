"""``ckpm register``."""

from __future__ import annotations

import argparse
from pathlib import Path

from ckpm.cli.columns import table
from ckpm.cli.context import Context, add_common
from ckpm.cli.installations import outline
from ckpm.config.registered import write_registered
from ckpm.detect import Search
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.installation import ABILITIES, Ability, Installation
from ckpm.model.pairs import unanimous
from ckpm.model.version import InvalidVersionError, Version
from ckpm.schema.values import package_name

EXAMPLES = {
    "register": "examples:\n  ckpm register cmake --prefix /opt/site/cmake-3.30\n"
    "  ckpm register vendor-sdk --prefix /opt/sdk --version 4.2 --can link,develop\n"
    "  ckpm register --list\n  ckpm register vendor-sdk --remove\n"
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("package", nargs="?", metavar="PACKAGE", help="what it is")
    parser.add_argument("--prefix", metavar="DIR", help="where it is installed")
    parser.add_argument("--version", help="its version, where no detector can tell")
    parser.add_argument(
        "--can",
        metavar="ABILITIES",
        help="what it can do: run, link and develop, with commas (default: what is detected)",
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="an option that it has"
    )
    parser.add_argument("--list", action="store_true", help="show what is registered")
    parser.add_argument("--remove", action="store_true", help="forget it again")
    add_common(parser, "json", "quiet")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Register, list or forget installations."""
    known = context.session.content.registered
    if options.list:
        rows = [(i.package, str(i.version), ",".join(i.abilities), i.prefix) for i in known]
        context.print(table(rows, ("package", "version", "can", "prefix")) if rows else "")
        return context.finish([_document(each) for each in known])
    if options.package is None:
        raise UsageError("which package?", hints=["`ckpm register --help` shows how it is used"])
    if options.remove:
        return _remove(options, context, known)
    found = _installations(options, context)
    prefixes = {(each.package, each.prefix) for each in found}
    kept = [each for each in known if (each.package, each.prefix) not in prefixes]
    write_registered(context.session.settings.registered, [*found, *kept])
    for each in found:
        context.say(f"{each.package} {each.version} at {each.prefix} is registered")
    return context.finish([_document(each) for each in found])


def _remove(options: argparse.Namespace, context: Context, known: tuple[Installation, ...]) -> int:
    prefix = str(Path(options.prefix).absolute()) if options.prefix else None
    gone = [i for i in known if i.package == options.package and prefix in (None, i.prefix)]
    if not gone:
        raise NotFoundError(
            f"`{options.package}` is not registered", hints=["`ckpm register --list` shows what is"]
        )
    write_registered(context.session.settings.registered, [i for i in known if i not in gone])
    context.say(f"{options.package} is forgotten; its files stay where they are")
    return context.finish([_document(each) for each in gone])


def _installations(options: argparse.Namespace, context: Context) -> list[Installation]:
    """Return what a detector finds below the prefix, or what the person says."""
    if options.prefix is None:
        raise UsageError("where is it?", hints=[f"ckpm register {options.package} --prefix DIR"])
    prefix = Path(options.prefix).expanduser().absolute()
    if not prefix.exists():
        raise NotFoundError(f"there is no `{prefix}`")
    if options.version is not None:
        return [_stated(options, prefix)]
    found = context.session.detect(Search([options.package], (str(prefix),), only=True))
    if not found:
        raise NotFoundError(
            f"no detector finds `{options.package}` in `{prefix}`",
            hints=["say which it is: `--version VERSION`, and `--can run,link,develop`"],
        )
    return list(found)


def _stated(options: argparse.Namespace, prefix: Path) -> Installation:
    try:
        version = Version(options.version)
    except InvalidVersionError as error:
        raise UsageError(f"`{options.version}` is no version") from error
    try:
        package = package_name(options.package)
    except ValueError as error:
        raise UsageError(f"a package has {error}") from error
    return Installation(
        package,
        version,
        str(prefix),
        (str(prefix),),
        _abilities(options.can),
        tuple(sorted(unanimous(map(_option, options.option)).items())),
    )


def _abilities(text: str | None) -> tuple[Ability, ...]:
    asked = (text or "run").split(",")
    if unknown := [word for word in asked if word not in ABILITIES]:
        raise UsageError(f"`{unknown[0]}` is no ability", hints=[f"one of {', '.join(ABILITIES)}"])
    return tuple(ability for ability in ABILITIES if ability in asked)


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UsageError(f"`{text}` is no option", hints=["write `--option NAME=VALUE`"])
    return name, value


def _document(installation: Installation) -> dict[str, object]:
    return outline(installation, "package", "version", "prefix", "abilities", "options")
