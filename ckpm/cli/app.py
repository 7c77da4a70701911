"""The command line: one parser for the named command, one border for errors."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ckpm.cli.failure import report_failure
from ckpm.cli.fast import VERSION, tell_version
from ckpm.errors import CkpmError, StoppedError, UsageError
from ckpm.model.pairs import twice

COMMANDS = {
    "init": ("project", "start a project here: write a ckpm.yaml"),
    "install": ("install", "install packages, or everything that the environment requires"),
    "add": ("install", "the same as install; also takes a file or an address"),
    "remove": ("install", "take packages out of the environment"),
    "update": ("install", "choose newer versions than the locked ones"),
    "lock": ("lock", "write the lock without installing"),
    "sync": ("lock", "make the environment what the lock says"),
    "fetch": ("lock", "download everything for a later `install --offline`"),
    "status": ("status", "say what the environment is and whether it is up to date"),
    "list": ("status", "list what the environment holds"),
    "detect": ("detect", "find what this machine has"),
    "register": ("register", "say where something is that no detector can find"),
    "search": ("search", "find packages by words"),
    "info": ("search", "show everything about one package"),
    "resolve": ("resolve", "choose versions without installing anything"),
    "tree": ("resolve", "show what needs what"),
    "why": ("resolve", "say why a package was chosen"),
    "why-not": ("resolve", "say why a package or version was not chosen"),
    "target": ("target", "list or show the platforms that results can run on"),
    "activate": ("activate", "print what a shell evaluates to step into the environment"),
    "deactivate": ("activate", "print what a shell evaluates to step out again"),
    "shell": ("activate", "start a shell inside the environment"),
    "exec": ("activate", "run one program inside the environment"),
    "run": ("workflow", "run a workflow and record its results"),
    "deploy": ("deploy", "bring an installed environment to a device"),
    "results": ("workflow", "list, show or compare recorded runs"),
    "check": ("check", "judge whether an environment's files will run on its target"),
    "env": ("env", "list, show, remove or roll back environments"),
    "recipe": ("authoring", "write and check recipes"),
    "detector": ("authoring", "check detectors"),
    "trust": ("project", "consent to what a project would run"),
    "store": ("env", "look into the store"),
    "doctor": ("doctor", "check this machine and ckpm itself"),
    "completion": ("completion", "print a shell's completion script"),
}

EXAMPLES = """\
examples:
  ckpm run object-detection                      find objects in photographs
  ckpm install tensorflow model-ssd-mobilenet    into this project, or your environment
  ckpm install tensorflow model-ssd-mobilenet --target android-arm64
  eval "$(ckpm activate)"                        step into the environment
"""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; never a traceback for what a person can do."""
    as_json = "--json" in arguments[: _own_length(arguments)]
    try:
        _require_directory()
        return _dispatch(arguments)
    except CkpmError as error:
        return report_failure(error, arguments, as_json=as_json)
    except KeyboardInterrupt:
        stopped = StoppedError("interrupted", hints=["run the same command again to continue"])
        return _leave(report_failure(stopped, arguments, as_json=as_json))
    except BrokenPipeError:
        # Whoever read us has gone; without this, Python complains again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the border: a bug of ours is told of, not thrown
        return report_failure(_internal_error(error), arguments, as_json=as_json)


def _require_directory() -> None:
    """Make sure that the working directory is still there: every path is read from it."""
    try:
        Path.cwd()
    except FileNotFoundError as error:
        hints = ["change to one that is there"]
        raise UsageError("the working directory has been removed", hints=hints) from error


def _leave(code: int) -> int:
    """End now: a download that waits for a silent server would keep us for a minute."""
    import threading

    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _internal_error(error: Exception) -> CkpmError:
    """Keep the traceback in a file, where whoever mends the bug can read it."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="ckpm-", suffix=".log", delete=False) as file:
        traceback.print_exception(error, file=file)
    return CkpmError(
        f"this is a bug in ckpm: {type(error).__name__}: {error}",
        hints=[f"please report it with {file.name}"],
    )


def _own_length(arguments: Sequence[str]) -> int:
    """Everything after ``--`` belongs to the program that is run."""
    return arguments.index("--") if "--" in arguments else len(arguments)


def _dispatch(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(_overview())
        return 0
    if list(arguments) in VERSION:
        return tell_version()
    name, *rest = arguments
    if name not in COMMANDS:
        raise UsageError(f"there is no command `{name}`", hints=_near(name))
    # Not for `--help`: the session behind it takes long to import.
    from ckpm.cli.context import Context

    module = command_module(name)
    parser = command_parser(name, module)
    if name == "exec" and "--" not in rest and rest and not rest[0].startswith("-"):
        rest = ["--", *rest]
    options = _parsed(parser, rest)
    context = Context(name, options)
    return int(module.run(name, options, context))


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Read arguments and options in any order, where the command's own form allows that."""
    try:
        return parser.parse_intermixed_args(arguments)
    except TypeError:
        return parser.parse_args(arguments)


def command_module(name: str) -> ModuleType:
    """Import the module of one command."""
    return importlib.import_module(f"ckpm.cli.{COMMANDS[name][0]}")


def command_parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    """Return the parser of one command, examples at the end of its help."""
    parser = _Parser(
        prog=f"ckpm {name}",
        description=COMMANDS[name][1][0].upper() + COMMANDS[name][1][1:] + ".",
        epilog=module.EXAMPLES.get(name, ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(name, parser)
    return parser


class _Once(argparse.Action):
    """An option that may stand once: argparse would keep the last and forget the others."""

    given: object = None

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        _option_string: str | None = None,
    ) -> None:
        if self.option_strings and self.given not in (None, values):
            parser.error(twice(self.option_strings[-1], _shown(self.given), _shown(values)))
        self.given = values
        setattr(namespace, self.dest, values)


def _shown(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


class _Parser(argparse.ArgumentParser):
    """argparse, with our errors."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - whatever argparse takes
        super().__init__(**settings)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message, hints=[f"`{self.prog} --help` shows how it is used"])


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    return (
        "usage: ckpm COMMAND [ARGUMENT ...]\n\n"
        "A meta package manager and environment resolver for machine-learning systems.\n\n"
        "commands:\n"
        + "\n".join(lines)
        + "\n\n"
        + EXAMPLES
        + "\n`ckpm COMMAND --help` says more.\n"
    )


def _near(name: str) -> list[str]:
    import difflib

    close = difflib.get_close_matches(name, COMMANDS, n=2)
    listed = " or ".join(f"`ckpm {word}`" for word in close)
    return [f"did you mean {listed}?" if close else "`ckpm --help` lists them"]
