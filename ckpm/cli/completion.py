"""``ckpm completion``: scripts made from the very parsers that read the commands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ckpm.cli.context import Context
from ckpm.errors import UsageError

EXAMPLES = {
    "completion": 'examples:\n  eval "$(ckpm completion bash)"\n  ckpm completion fish | source\n'
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", metavar="bash|zsh|fish", help="the shell to write for")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Print the script of one shell."""
    scripts = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    if options.shell not in scripts:
        raise UsageError(
            f"no completion for `{options.shell}`", hints=["there is: bash, zsh, fish"]
        )
    context.print(scripts[options.shell]())
    return 0


def _words() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each command with its summary and its options."""
    from ckpm.cli.app import COMMANDS, command_module, command_parser

    for name, (_, summary) in COMMANDS.items():
        parser = command_parser(name, command_module(name))
        words = [flag for action in parser._actions for flag in action.option_strings]  # noqa: SLF001
        words += [choice for action in parser._actions for choice in action.choices or ()]  # noqa: SLF001
        yield name, summary, words


def _bash() -> str:
    commands = list(_words())
    cases = "".join(f"    {name}) words='{' '.join(words)}' ;;\n" for name, _, words in commands)
    names = " ".join(name for name, _, _ in commands)
    return (
        "_ckpm() {\n"
        '  local current="${COMP_WORDS[COMP_CWORD]}" words=\n'
        f'  if [ "$COMP_CWORD" -eq 1 ]; then words=\'{names}\'; else case "${{COMP_WORDS[1]}}" in\n'
        f"{cases}  esac; fi\n"
        '  COMPREPLY=( $(compgen -W "$words" -- "$current") )\n'
        "}\n"
        "complete -o default -F _ckpm ckpm\n"
    )


def _zsh() -> str:
    return "autoload -Uz bashcompinit && bashcompinit\n" + _bash()


def _fish() -> str:
    lines = ["complete -c ckpm -f"]
    for name, summary, words in _words():
        text = summary.replace("'", "\\'")
        lines.append(f"complete -c ckpm -n __fish_use_subcommand -a {name} -d '{text}'")
        if words:
            condition = f"__fish_seen_subcommand_from {name}"
            lines.append(f"complete -c ckpm -n '{condition}' -a '{' '.join(words)}'")
    return "\n".join(lines) + "\n"
