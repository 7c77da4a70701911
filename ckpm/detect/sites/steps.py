"""A module file as steps: its changes in runs, and the loads between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckpm.detect.sites.effects import Effects, Load, NotUnderstoodError, Surroundings, Use
from ckpm.detect.sites.lua import read_lua
from ckpm.detect.sites.tcl import read_tcl
from ckpm.detect.sites.tree import MAX_BYTES, ModuleFile
from ckpm.model.environment import EnvChange


@dataclass(frozen=True, eq=False, slots=True)
class Segment:
    """A run of one module's changes, between the loads of others; its last one may be empty."""

    module: ModuleFile
    changes: tuple[EnvChange, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """What a file does, in order; one segment stands at the end in any case."""

    effects: Effects
    steps: tuple[Segment | Load | Use, ...]

    @property
    def uses(self) -> list[str]:
        return [step.directory for step in self.steps if isinstance(step, Use)]


def read_steps(module: ModuleFile, around: Surroundings) -> Steps:
    """Return what loading a file does.

    Raises:
        NotUnderstoodError: with the file and, where one is to blame, the line.
    """
    if len(module.content) > MAX_BYTES:
        raise NotUnderstoodError(f"{module.file} is larger than {MAX_BYTES >> 10} KiB")
    read = read_lua if module.is_lua else read_tcl
    try:
        effects = read(module.content.decode("utf-8"), around)
    except UnicodeDecodeError:
        raise NotUnderstoodError(f"{module.file} is not UTF-8 text") from None
    except NotUnderstoodError as error:
        place = f"{module.file}:{error.line}" if error.line else module.file
        raise NotUnderstoodError(f"{place}: {error.construct}") from None
    return Steps(effects, tuple(_in_runs(module, effects.statements)))


def _in_runs(
    module: ModuleFile, statements: Sequence[EnvChange | Load | Use]
) -> Iterator[Segment | Load | Use]:
    changes: list[EnvChange] = []
    for statement in statements:
        if isinstance(statement, Load) and changes:
            yield Segment(module, tuple(changes))
            changes = []
        if isinstance(statement, Load | Use):
            yield statement
        else:
            changes.append(statement)
    yield Segment(module, tuple(changes))
