"""What the result of a package depends on, as one key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ckpm.model.lock import Artifact
from ckpm.model.plan import PackageStep
from ckpm.model.recipe import Recipe, Source
from ckpm.store import input_key
from ckpm.store.keys import file_digest, tree_digest

DATA = ("dataset", "model")


def is_compiled(recipe: Recipe, source: Source) -> bool:
    """Whether a toolchain may matter to making it: data are converted, and the same everywhere."""
    return (source.method == "build" or bool(source.steps)) and recipe.kind not in DATA


def package_key(step: PackageStep) -> str:
    """Return the hash of everything that can change the result of one package."""
    package, source = step.package, step.source
    runs = bool(source.steps) or source.method == "build"
    beside = Path(step.recipe.directory) / (source.text("path") or "")
    # A result does not depend on where its source stands in a file, nor on what others need of it.
    canonical = repr(replace(source, line=0, needs=(), provides=()))
    return input_key(
        {
            "package": [package.name, package.version, package.options],
            "source": canonical,
            "platform": step.platform.name if _depends_on_platform(step) else "any",
            "artifacts": [_identity(a) for a in package.artifacts],
            # Nothing of a tool gets into what is merely unpacked.
            "tools": [step.tools, Path(step.venv or "").name] if runs else [],
            "toolchains": repr(step.toolchains) if runs else "",
            "inputs": step.inputs if runs else [],
            "libraries": repr(step.recipe.libraries),
            "beside": _digest(beside) if runs or source.text("path") else "",
        }
    )


def _identity(artifact: Artifact) -> list[str | None]:
    return [_known_by(artifact), artifact.reference, artifact.name]


def _known_by(artifact: Artifact) -> str:
    """Return the digest that was known before the file came: a pin taken since changes no key."""
    return str(next((d for d in artifact.digests if d.is_weak), artifact.strongest))


def _depends_on_platform(step: PackageStep) -> bool:
    return step.source.method == "build" or step.recipe.kind not in DATA


def _digest(path: Path) -> str:
    if path.is_file():
        return file_digest(path)
    return tree_digest(path) if path.is_dir() else ""
