"""What every command has at hand: options, a session, and ways to speak."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from ckpm.cli.failure import DOCUMENT_FORMAT, harmless
from ckpm.cli.progress import TerminalReporter
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.pairs import unanimous
from ckpm.model.platform import Platform
from ckpm.model.request import Choices
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.resolution import Prefer, Preferences
from ckpm.session import Session
from ckpm.system.host import Host

EVERY = "--prefer"
"""Stands for all packages among those that ``--prefer`` names."""


class Context:
    """The command under way."""

    def __init__(self, command: str, options: argparse.Namespace) -> None:
        self.command = command
        self.options = options

    @cached_property
    def session(self) -> Session:
        """A session made as the options say."""
        get = vars(self.options).get
        store = get("store")
        choices = Choices(
            offline=bool(get("offline")),
            allow_unverified=bool(get("allow_unverified")),
            prefer=preferences(get("prefer") or (), lowest=bool(get("lowest"))),
            timeout_s=get("timeout"),
            use_detected=not get("no_detected"),
        )
        return Session(
            host=self._replayed(get("replay")),
            store=Path(store) if store else None,
            reporter=TerminalReporter(quiet=self.is_json or bool(get("quiet"))),
            choices=choices,
        )

    def _replayed(self, file: str | None) -> Host | None:
        """Return the machine of a recording; ``None`` means this one."""
        if file is None:
            return None
        from ckpm.recipe.load import load_cases
        from ckpm.recipe.machines import described_host

        cases = load_cases(Path(file))
        if not cases:
            raise UsageError(f"`{file}` holds no machine")
        return described_host(cases[0].machine)

    @property
    def is_json(self) -> bool:
        """Whether stdout is for a program."""
        return bool(vars(self.options).get("json"))

    @property
    def facts_cache(self) -> Path | None:
        """Where answers of this machine's devices are kept; a replayed one keeps none."""
        replays = vars(self.options).get("replay")
        return None if replays else self.session.settings.detected

    @property
    def draws(self) -> bool:
        """Whether a person watches stderr."""
        return sys.stderr.isatty() and not self.is_json and not vars(self.options).get("quiet")

    @cached_property
    def target(self) -> Platform:
        """The platform that ``--target`` means."""
        return self.session.target(self.options.target)

    def requirements(self, texts: Sequence[str]) -> list[Requirement]:
        """Read requirements from the command line, each known by somebody."""
        catalog = self.session.content.catalog()
        asked = [parse_requirement(text, "the command line") for text in texts]
        for requirement in asked:
            name = requirement.package
            if (
                catalog.recipe(name) is None
                and not catalog.providers(name)
                and name not in self.session.content.detectable
            ):
                raise self.unknown(name)
        return asked

    def unknown(self, name: str) -> NotFoundError:
        """Return the error for a package that nothing knows."""
        similar = self.session.content.catalog().similar(name)
        hints = [f"did you mean {' or '.join(f'`{n}`' for n in similar)}?"] if similar else []
        hints.append("`ckpm search WORD` finds packages")
        hints.append(
            f"if `{name}` is a Python distribution, `ckpm recipe new {name} --from pypi` adds it"
        )
        return NotFoundError(f"no recipe or detector knows the package `{name}`", hints=hints)

    def print(self, text: str) -> None:
        """Write data for a person to stdout; nothing when it is for a program."""
        if not self.is_json:
            sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")

    def say(self, text: str) -> None:
        """Write talk to stderr."""
        if not self.is_json and not vars(self.options).get("quiet"):
            sys.stderr.write(f"{harmless(text)}\n")

    def finish(self, result: Mapping[str, Any] | Sequence[Any]) -> int:
        """Write the one JSON document when asked for, and end well."""
        if self.is_json:
            document = {
                "format": DOCUMENT_FORMAT,
                "command": self.command,
                "ok": True,
                "result": result,
            }
            sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
        return 0

    def confirm(self, question: str) -> bool:
        """Ask a person at a terminal; without one the answer is yes only when it was given."""
        if vars(self.options).get("yes"):
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError(f"{question} needs an answer", hints=["say so with `--yes`"])
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def preferences(texts: Sequence[str], *, lowest: bool = False) -> Preferences:
    """Read ``--prefer newest --prefer numpy=lowest``.

    Raises:
        UsageError: for a mode that there is not, and for two of one package or of all.
    """
    modes: list[tuple[str, Prefer]] = [(EVERY, "lowest")] if lowest else []
    for text in texts:
        package, _, word = text.rpartition("=")
        mode = next((known for known in get_args(Prefer) if known == word), None)
        if mode is None:
            raise UsageError(
                f"`{word}` is no way to prefer versions",
                hints=[f"one of {', '.join(get_args(Prefer))}, or `PACKAGE=` before it"],
            )
        modes.append((package or EVERY, mode))
    of = unanimous(modes)
    return Preferences(of.pop(EVERY, "detected"), of)


def add_common(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add options that several commands share, by name."""
    for name in names:
        flags, settings = COMMON[name]
        parser.add_argument(*flags, **settings)


def add_exact(parser: argparse.ArgumentParser) -> None:
    """Add the two ways to demand exactly what is locked."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--locked", action="store_true", help="fail when the lock does not fit")
    how.add_argument("--frozen", action="store_true", help="take the lock without comparing")


COMMON: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "json": (("--json",), {"action": "store_true", "help": "print one JSON document"}),
    "env": (
        ("-e", "--env"),
        {"metavar": "NAME", "help": "the environment (default: the project's, else yours)"},
    ),
    "target": (
        ("--target",),
        {
            "metavar": "PLATFORM",
            "help": "where the result will run: android-arm64, native:cuda-driver=12.8 … "
            "(default: here)",
        },
    ),
    "store": (
        ("--store",),
        {"metavar": "DIR", "help": "where packages are kept (default: $CKPM_STORE)"},
    ),
    "offline": (("--offline",), {"action": "store_true", "help": "use no network"}),
    "dry-run": (("--dry-run",), {"action": "store_true", "help": "show the plan and stop"}),
    "quiet": (("-q", "--quiet"), {"action": "store_true", "help": "say less"}),
    "yes": (("-y", "--yes"), {"action": "store_true", "help": "answer every question with yes"}),
    "prefer": (
        ("--prefer",),
        {
            "action": "append",
            "metavar": "[PKG=]MODE",
            "help": "which versions to prefer, of all packages or of one: detected (the default), "
            "installed, newest or lowest; can be repeated",
        },
    ),
    "lowest": (
        ("--lowest",),
        {"action": "store_true", "help": "the same as `--prefer lowest`: test lower bounds"},
    ),
    "timeout": (
        ("--timeout",),
        {"type": float, "metavar": "SECONDS", "help": "give up on the question after so long"},
    ),
    "no-detected": (
        ("--no-detected",),
        {"action": "store_true", "help": "use nothing that this machine has"},
    ),
    "allow-unverified": (
        ("--allow-unverified",),
        {"action": "store_true", "help": "take files of which nobody published a digest"},
    ),
}
