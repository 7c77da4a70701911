"""Plans: ordered pure values that say what installing will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ckpm.model.environment import EnvChange
from ckpm.model.lock import Artifact, Closure, LockedPackage
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe, Source
from ckpm.model.toolchain import ToolchainRule


@dataclass(frozen=True)
class FetchStep:
    """Fetch one file into the store; ``present`` when it is there already."""

    artifact: Artifact
    wanted_by: str
    present: bool = False


@dataclass(frozen=True)
class PythonStep:
    """Make a virtual environment of a closure: tools' own, or (no ``directory``) the generation's.

    ``python`` is the interpreter's path, or a version that uv is asked to manage.
    """

    closure: Closure
    python: str
    owner: str
    directory: str | None = None
    present: bool = False


@dataclass(frozen=True)
class UsedToolchain:
    """What compiles in a plan: its package, where it is or will be, and how it compiles.

    ``executable`` is that of a detected one, for which ``prefix`` says little.
    """

    package: str
    version: str
    prefix: str
    executable: str | None
    rule: ToolchainRule
    target: Platform


@dataclass(frozen=True)
class PackageStep:
    """Make one package in the store from its files: unpack, convert or build, then test.

    ``key`` covers everything that can change the result. ``tools`` maps the names of tools to the
    prefixes they will have, ``inputs`` those of what it needs, the needs of those included;
    ``venv`` is the directory of the tools' own virtual environment.
    """

    package: LockedPackage
    recipe: Recipe
    source: Source
    platform: Platform
    key: str
    tools: tuple[tuple[str, str], ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    venv: str | None = None
    present: bool = False
    toolchains: tuple[UsedToolchain, ...] = ()

    @property
    def beside(self) -> Path | None:
        """What of the package lies beside its recipe, if it has such a part."""
        path = self.source.text("path")
        return Path(self.recipe.directory) / path if path else None

    @property
    def verb(self) -> str:
        """What happens, in a word."""
        if self.source.method == "build":
            return "build"
        return "convert" if self.source.steps else "unpack" if self.source.parts else "place"


@dataclass(frozen=True)
class GenerationStep:
    """Put everything together: links, virtual environment, activation scripts."""

    environment: str
    name: str
    target: Platform
    packages: tuple[tuple[str, str], ...]
    changes: tuple[EnvChange, ...]
    closure: Closure | None = None
    python: str | None = None
    digest: str = ""
    toolchains: tuple[UsedToolchain, ...] = ()


@dataclass(frozen=True)
class Privilege:
    """What a package does to a machine beyond files in the store: it runs, or changes a shell.

    ``directories`` are those of the recipes that have a part in it; ``is_locked`` says whether it
    depends on what a lock holds too, and not on recipes and this machine alone.
    """

    package: str
    what: str
    directories: tuple[str, ...]
    is_locked: bool = True


Step = FetchStep | PythonStep | PackageStep | GenerationStep


@dataclass(frozen=True)
class Plan:
    """Steps in the order they must happen; ``recipes`` are the directories, by package."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    target: Platform | None = field(default=None, compare=False)
    is_foreign: bool = False
    privileges: tuple[Privilege, ...] = ()
    recipes: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """What identifies the generation that the plan ends in."""
        return next((s.digest for s in self.steps if isinstance(s, GenerationStep)), "")

    @property
    def fetch_bytes(self) -> int:
        """Bytes still to be fetched, as far as their publishers say; uv's cache may save some."""
        files = sum(
            step.artifact.size or 0
            for step in self.steps
            if isinstance(step, FetchStep) and not step.present
        )
        return files + sum(
            step.closure.size_bytes
            for step in self.steps
            if isinstance(step, PythonStep) and not step.present
        )
