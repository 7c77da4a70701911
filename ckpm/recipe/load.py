"""Find and read content files: recipes, detectors and environment files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.errors import ContentError
from ckpm.model.detector import Detector
from ckpm.model.recipe import Recipe
from ckpm.model.workflow import EnvironmentFile
from ckpm.recipe.detectors import DETECTOR
from ckpm.recipe.environments import ENVIRONMENT
from ckpm.recipe.files import content_files
from ckpm.recipe.recipes import RECIPE
from ckpm.schema.decode import decode
from ckpm.schema.documents import Mapped, Node, plain, read_document, read_list

if TYPE_CHECKING:
    from ckpm.model.machine import DetectionCase


def load_recipe(path: Path) -> Recipe:
    """Read one recipe; the file's stem must be the package's name.

    Raises:
        ContentError: with all faults of the file.
    """
    name = _shown(path)
    recipe: Recipe = decode(RECIPE, read_document(path), name)
    if recipe.name != path.stem:
        raise ContentError([f"{name}:1: name: `{recipe.name}` in a file named `{path.name}`"])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(recipe, origin=name, directory=str(path.with_suffix("")), digest=digest)


def load_detector(path: Path) -> Detector:
    """Read one detector; the file's stem must be the package's name."""
    name = _shown(path)
    detector: Detector = decode(DETECTOR, read_document(path), name)
    if detector.package != path.stem:
        raise ContentError(
            [f"{name}:1: package: `{detector.package}` in a file named `{path.name}`"]
        )
    return replace(detector, origin=name)


def load_cases(path: Path) -> tuple[DetectionCase, ...]:
    """Read the described machines of a detector's test, or a recorded machine."""
    # Hardly any command reads one.
    from ckpm.recipe.machines import CASES

    cases: tuple[DetectionCase, ...] = decode(CASES, read_list(path), _shown(path))
    return cases


def load_environment(path: Path) -> EnvironmentFile:
    """Read one environment file; its own packages carry the file as their origin."""
    return decode_environment(read_document(path), path)


def declared_environment(path: Path, name: str) -> EnvironmentFile:
    """Read an environment file; one that is not there yet declares nothing."""
    if path.is_file():
        return load_environment(path)
    return EnvironmentFile(name, origin=str(path), directory=str(path.parent))


def decode_environment(document: Mapped, path: Path) -> EnvironmentFile:
    """Return what a document that is, or will be, the file at ``path`` declares."""
    name = _shown(path)
    environment: EnvironmentFile = decode(ENVIRONMENT, document, name)
    directory, written = str(path.parent), document.entries.get("packages")
    packages = tuple(
        replace(recipe, origin=name, directory=directory, digest=_digest(written, recipe.name))
        for recipe in environment.packages
    )
    return replace(environment, packages=packages, origin=name, directory=directory)


def load_detectors(directory: Path) -> tuple[Detector, ...]:
    """Read every detector of a directory, sorted by name."""
    return tuple(load_detector(path) for path in content_files(directory))


def _digest(packages: Node | None, name: str) -> str:
    """Return the digest of what is written of one package, wherever it stands in the file."""
    node = packages.entries.get(name) if isinstance(packages, Mapped) else None
    return hashlib.sha256(json.dumps(plain(node)).encode()).hexdigest()


def _shown(path: Path) -> str:
    """Bundled files read as ``recipes/x.yaml`` wherever they lie, those of a project from it."""
    if path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    if path.parent.name in ("recipes", "detectors", "envs"):
        return f"{path.parent.name}/{path.name}"
    return str(path)
