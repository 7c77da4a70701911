"""``ckpm activate``, ``deactivate``, ``shell`` and ``exec``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from ckpm.activate import activate_command, deactivate_command
from ckpm.cli.context import Context, add_common, add_exact
from ckpm.errors import StaleLockError, UsageError
from ckpm.model.request import Environment
from ckpm.run import environment_for, find_program, subshell
from ckpm.system.process import replace

EXAMPLES = {
    "activate": 'examples:\n  eval "$(ckpm activate)"                  bash, zsh, dash\n'
    "  ckpm activate --shell fish | source      fish\n",
    "deactivate": 'examples:\n  eval "$(ckpm deactivate)"\n',
    "shell": "examples:\n  ckpm shell\n  ckpm shell -e object-detection\n",
    "exec": "examples:\n  ckpm exec -- python -c 'import tensorflow'\n"
    "  ckpm exec -e object-detection -- env\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    if command in ("activate", "deactivate", "shell"):
        parser.add_argument(
            "--shell", metavar="NAME", help="bash, zsh, dash, fish … (default: yours)"
        )
    if command == "exec":
        parser.add_argument(
            "program",
            nargs=argparse.REMAINDER,
            metavar="-- PROGRAM [ARGUMENT ...]",
            help="what to run",
        )
    if command in ("shell", "exec"):
        add_exact(parser)
    if command != "deactivate":
        add_common(parser, "env", "target", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    if command == "deactivate":
        context.print(deactivate_command(_shell(options, context)))
        return 0
    environment = _environment(options, context)
    if command == "activate":
        context.print(activate_command(_shell(options, context), str(environment.directory)))
        return 0
    environ = context.session.environ
    if command == "shell":
        path = options.shell or environ.get("SHELL") or "/bin/sh"
        argv, inside = subshell(find_program(path, environ), environ, environment.changes)
        replace(argv, inside)
    return _exec(options, environment, environ)


def _exec(options: argparse.Namespace, environment: Environment, environ: Mapping[str, str]) -> int:
    argv = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not argv:
        raise UsageError("no program is named", hints=["write `ckpm exec -- PROGRAM`"])
    inside = environment_for(environment.changes, environ)
    replace([find_program(argv[0], inside), *argv[1:]], inside)


def _environment(options: argparse.Namespace, context: Context) -> Environment:
    session = context.session
    place = session.place(options.env)
    if vars(options).get("locked") or vars(options).get("frozen"):
        _require_locked(options, context)
    return session.environment(place, context.target.name)


def _require_locked(options: argparse.Namespace, context: Context) -> None:
    """Make sure that the environment is what its lock says; nothing is installed for that."""
    from ckpm.cli.request import environment_request

    request = environment_request(context, options.env)
    prepared = context.session.prepare_locked(
        request.place, request.requirements, target=context.target, frozen=options.frozen
    )
    if not context.session.is_current(prepared):
        how = "--frozen" if options.frozen else "--locked"
        raise StaleLockError(
            f"the environment `{request.place.name}` is not what its lock says",
            hints=[f"run `ckpm sync {how}`"],
        )


def _shell(options: argparse.Namespace, context: Context) -> str:
    if options.shell:
        return str(options.shell)
    import shellingham

    try:
        return str(shellingham.detect_shell()[0])
    except shellingham.ShellDetectionFailure:
        named = context.session.environ.get("SHELL", "").rpartition("/")[2]
    if not named:
        raise UsageError("cannot tell which shell this is", hints=["say so with `--shell bash`"])
    return named
