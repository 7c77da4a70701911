"""Put a generation together: virtual environment, links, activation scripts, records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ckpm.install.foreign_python import make_foreign_python, site_packages
from ckpm.install.making import Scripts
from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar
from ckpm.model.placeholders import fill
from ckpm.model.plan import GenerationStep
from ckpm.model.platform import Platform
from ckpm.schema.values import file_name
from ckpm.store import Store
from ckpm.system.files import publish_directory, temporary_directory
from ckpm.system.uv import Uv


class GenerationMaker:
    """Makes generations; they are never edited afterwards."""

    def __init__(self, store: Store, uv: Uv, scripts: Scripts, build: Platform) -> None:
        self.store = store
        self.build = build
        self.uv = uv
        self.scripts = scripts

    def make(self, step: GenerationStep, *, native: bool) -> Path:
        """Return the directory of a new generation, and make it the current one."""
        target = step.target.name
        with self.store.locked(f"env-{step.environment}-{target}"):
            existing = self.store.generations(step.environment, target)
            number = (existing[-1] if existing else 0) + 1
            parent = self.store.series(step.environment, target)
            final = parent / str(number)
            with temporary_directory(parent) as directory:
                generation = directory / "generation"
                generation.mkdir()
                self._fill(step, generation, final, native=native)
                publish_directory(generation, final)
            return self.store.switch(step.environment, target, number)

    def _fill(self, step: GenerationStep, directory: Path, final: Path, *, native: bool) -> None:
        if step.closure is not None and native:
            self.uv.make_venv(directory / "venv", step.python or step.closure.python)
            self.uv.fill(directory / "venv", step.closure)
        elif step.closure is not None:
            make_foreign_python(self.uv, directory / "python", step.closure, step.target)
        links = directory / "packages"
        links.mkdir()
        for name, prefix in step.packages:
            (links / file_name(name)).symlink_to(prefix)
        variables = self._project_files(step, directory, final)
        changes = (*_placed(step.changes, final), *variables)
        for name, text in self.scripts(step, str(final), changes).items():
            (directory / name).write_text(text, encoding="utf-8", newline="")
        record = {
            "environment": step.environment,
            "target": step.target.name,
            "digest": step.digest,
            "changes": encode_changes(changes),
            "python": [d.name for d in step.closure.distributions] if step.closure else [],
            "interpreter": _interpreter(step, native=native),
            "toolchains": [used.package for used in step.toolchains],
        }
        (directory / "environment.json").write_text(json.dumps(record, indent=1), encoding="utf-8")

    def _project_files(
        self, step: GenerationStep, directory: Path, final: Path
    ) -> tuple[EnvChange, ...]:
        """Write what builds a person's own project for another machine; return the variables."""
        if not step.toolchains:
            return ()
        from ckpm.install.builds.project import write_project_files
        from ckpm.install.builds.toolchain import make_toolchain

        cache = self.store.root / "cache"
        made = make_toolchain(step.toolchains, self.build, step.target, cache)
        names = [name for name, _ in step.packages]
        variables = write_project_files(made, directory, final, names)
        # A native build finds its compiler by itself.
        return tuple(SetVar(*item) for item in variables.items()) if made.is_cross else ()


def _interpreter(step: GenerationStep, *, native: bool) -> dict[str, str] | None:
    """Describe the Python that the packages are for, and where below the generation they are."""
    if step.closure is None:
        return None
    version = step.closure.python
    packages = site_packages(version, step.target)
    return {"version": version, "packages": f"{'venv' if native else 'python'}/{packages}"}


def _placed(changes: Sequence[EnvChange], final: Path) -> tuple[EnvChange, ...]:
    values = {"generation": str(final)}
    return tuple(
        change
        if isinstance(change, UnsetVar)
        else type(change)(change.name, fill(change.value, values))
        for change in changes
    )


_VERBS = {"set": SetVar, "unset": UnsetVar, "prepend": PrependPath, "append": AppendPath}


def encode_changes(changes: Sequence[EnvChange]) -> list[dict[str, str]]:
    """Return the changes as plain data."""
    verbs = {kind: verb for verb, kind in _VERBS.items()}
    return [{"verb": verbs[type(change)], **asdict(change)} for change in changes]


def decode_changes(entries: Sequence[dict[str, str]]) -> tuple[EnvChange, ...]:
    """Return the changes that ``encode_changes`` wrote."""
    return tuple(
        _VERBS[entry["verb"]](**{name: value for name, value in entry.items() if name != "verb"})
        for entry in entries
    )
