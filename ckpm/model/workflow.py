"""Environment files: what a project keeps, and the workflows that run inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ckpm.model.platform import Platform
from ckpm.model.recipe import ALWAYS, Command, Need, Option, Recipe, When
from ckpm.model.requirement import Requirement


@dataclass(frozen=True)
class Parameter:
    """A value that a run takes; ``default`` ``None`` means it must be given."""

    name: str
    default: str | None = None
    choices: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True)
class WorkflowStep:
    """One command of a workflow, run inside the environment; no shell reads it."""

    run: Command
    when: When = ALWAYS


@dataclass(frozen=True)
class ResultField:
    """A value to record: ``path`` (``speed.median_ms``) in a JSON ``file`` that a step writes."""

    name: str
    file: str
    path: str


@dataclass(frozen=True)
class Workflow:
    """Named steps with parameters that record results."""

    name: str
    steps: tuple[WorkflowStep, ...]
    parameters: tuple[Parameter, ...] = ()
    results: tuple[ResultField, ...] = ()
    summary: str = ""
    shows: tuple[str, ...] = ()

    def chosen(self, options: Mapping[str, str], platform: Platform) -> Workflow:
        """Return the workflow with the steps that run for a choice of the environment's options."""
        steps = tuple(step for step in self.steps if step.when.holds(options, platform))
        return replace(self, steps=steps)


@dataclass(frozen=True)
class EnvironmentFile:
    """A declared environment: requirements, its own packages and workflows.

    ``options`` are choices that ``when`` conditions of its requirements refer to. ``stand_in`` is
    what starts a target's libraries here, where another platform stands in for it. ``directory`` is
    where the file lies; paths in it are relative to that.
    """

    name: str
    requires: tuple[Need, ...] = ()
    options: tuple[Option, ...] = ()
    packages: tuple[Recipe, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    stand_in: tuple[Need, ...] = ()
    shadows: tuple[str, ...] = ()
    summary: str = ""
    origin: str = field(default="", compare=False)
    directory: str = field(default="", compare=False)

    def defaults(self, *, foreign: bool) -> dict[str, str]:
        """Return what its options are when nobody says; a foreign target may have its own."""
        return {
            option.name: (option.foreign if foreign else None) or option.default
            for option in self.options
        }

    def required(self, chosen: Mapping[str, str], platform: Platform) -> tuple[Requirement, ...]:
        """Return the requirements that hold for a choice of all its options."""
        return self._holding(self.requires, chosen, platform)

    def standing_in(self, chosen: Mapping[str, str], platform: Platform) -> tuple[Requirement, ...]:
        """Return what starts the target's libraries on a platform that stands in for it."""
        return self._holding(self.stand_in, chosen, platform)

    def _holding(
        self, needs: tuple[Need, ...], chosen: Mapping[str, str], platform: Platform
    ) -> tuple[Requirement, ...]:
        return tuple(
            need.requirement.asked_by(f"{self.origin}{need.requirement.origin}")
            for need in needs
            if need.when.holds(chosen, platform)
        )

    def workflow(self, name: str | None) -> Workflow | None:
        """Return a workflow by name; without one, the only one or the one named as the file."""
        if name is None and len(self.workflows) == 1:
            return self.workflows[0]
        return next((flow for flow in self.workflows if flow.name == (name or self.name)), None)
