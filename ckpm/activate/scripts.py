"""Write the activation scripts of a generation, once, at install."""

from __future__ import annotations

import re
from typing import assert_never

from ckpm.activate.activation import Activation
from ckpm.activate.effects import Assign, Edit, Effect, net_effects
from ckpm.activate.shell import Shell, Step
from ckpm.activate.shells import SHELLS
from ckpm.errors import UsageError
from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar
from ckpm.model.plan import GenerationStep

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def generation_scripts(
    step: GenerationStep, directory: str, changes: tuple[EnvChange, ...]
) -> dict[str, str]:
    """Return the scripts of one generation by file name; see ``activation_scripts``."""
    target = step.target.name
    return activation_scripts(Activation(step.environment, target, directory, changes, step.name))


def activation_scripts(activation: Activation) -> dict[str, str]:
    """Return each script's text by file name, to be written byte for byte beside each other.

    The script of a shell that cannot express some value says so and fails.
    """
    scripts = {}
    for shell in SHELLS:
        try:
            scripts[shell.script_file] = activation_script(activation, shell)
        except UsageError as error:
            scripts[shell.script_file] = shell.refusal.replace("MESSAGE", _plain(error.message))
    return scripts


def activation_script(activation: Activation, shell: Shell) -> str:
    """Return one shell's script; raise ``UsageError`` naming a variable that it cannot express."""
    for change in activation.all_changes:
        _check(change, shell)
    effects = net_effects(activation.all_changes, shell.separator)
    steps = [_step(effect, activation.key, shell) for effect in effects]
    return shell.script(activation.key, steps)


def _step(effect: Effect, key: str, shell: Shell) -> Step:
    match effect:
        case Assign(name, value):
            return shell.assign(key, name, value)
        case Edit(name, front, back):
            return shell.edit(key, name, front, back)
        case _:
            assert_never(effect)


def _check(change: EnvChange, shell: Shell) -> None:
    family = shell.names[0]
    _check_name(change.name, shell)
    match change:
        case UnsetVar():
            reason = None
        case SetVar(_, value):
            reason = shell.objection(value)
        case PrependPath(_, value) | AppendPath(_, value):
            reason = _entry_objection(value, shell)
        case _:
            assert_never(change)
    if reason is not None:
        raise UsageError(f"{family} cannot hold the value of `{change.name}`: it holds {reason}")


def _entry_objection(entry: str, shell: Shell) -> str | None:
    if not entry:
        return "an empty entry, which would mean the current directory"
    if shell.separator in entry:
        return f"`{shell.separator}`, which ends an entry of a search path"
    return shell.objection(entry)


def _check_name(name: str, shell: Shell) -> None:
    # Names that start as ours do could overwrite the values that deactivation puts back.
    if name in shell.reserved or name.lower().startswith("_ckpm"):
        raise UsageError(f"{shell.names[0]} keeps the variable `{name}` for itself")
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!a} is no name for an environment variable")


def _plain(message: str) -> str:
    """Leave nothing in a message that any shell could read as more than text."""
    return re.sub(r"[^A-Za-z0-9_ .,:;-]", "", message)
