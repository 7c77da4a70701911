"""``ckpm target``."""

from __future__ import annotations

import argparse

from ckpm.cli.columns import table
from ckpm.cli.context import Context, add_common
from ckpm.model.platform import Platform
from ckpm.model.wheel_tags import platform_tags

EXAMPLES = {"target": "examples:\n  ckpm target list\n  ckpm target show android-arm64:api=28\n"}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show")
    add_common(actions.add_parser("list", help="every platform ckpm knows"), "json")
    show = actions.add_parser("show", help="what is known of one")
    show.add_argument("platform", metavar="PLATFORM", help="a platform, facts allowed")
    add_common(show, "json")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """List or show platforms."""
    if options.action == "list":
        platforms = context.session.platforms.values()
        native = context.session.native.name
        rows = [
            (p.name, p.triple, _facts(p), "this machine" if p.name == native else "")
            for p in platforms
        ]
        context.print(table(rows, ("platform", "triple", "facts", "")))
        return context.finish([_document(p) for p in platforms])
    platform = context.session.target(options.platform)
    document = _document(platform)
    context.print(
        table([(name.replace("_", " "), _shown(value)) for name, value in document.items()])
    )
    return context.finish(document)


def _facts(platform: Platform) -> str:
    return " ".join(f"{name}={value}" for name, value in platform.facts)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={item}" for name, item in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _document(platform: Platform) -> dict[str, object]:
    document: dict[str, object] = {
        "name": platform.name,
        "os": platform.os,
        "arch": platform.arch,
        "triple": platform.triple,
        "facts": dict(platform.facts),
        "wheel_tags": list(platform_tags(platform))[:6],
    }
    optional = {
        "android_abi": platform.abi,
        "debian": platform.debian,
        "emulator": platform.emulator[0].partition("|")[0] if platform.emulator else None,
        "stands_in": platform.stand_in,
    }
    return document | {name: value for name, value in optional.items() if value}
