"""What a deployment consists of: an environment's packages as real files, script and manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckpm.errors import CkpmError
from ckpm.model.environment import EnvChange, PrependPath, change_text
from ckpm.model.request import Environment
from ckpm.run.deploy.variables import ROOT, activation, moved
from ckpm.system.devices.trees import SentFile, files_below, text_file

MANIFEST = "manifest.json"
FORMAT = "ckpm-deployment/1"


@dataclass(frozen=True)
class Deployment:
    """An environment as it will lie on a device.

    ``files`` has everything, the manifest too; ``left`` names variables that stay behind because
    they hold paths of this machine.
    """

    environment: str
    target: str
    files: tuple[SentFile, ...]
    left: tuple[str, ...] = ()


def deployment_of(environment: Environment) -> Deployment:
    """Read an installed environment.

    Raises:
        CkpmError: when it has a Python part that only works on this machine.
    """
    directory = environment.directory
    if (directory / "venv").exists():
        raise CkpmError(
            f"the Python part of `{environment.name}` only works on this machine",
            hints=["on a machine of the same kind, copy `ckpm.lock` and run `ckpm sync` there"],
        )
    kept, left = moved(environment.changes, str(directory))
    changes = (*kept, *_search_paths(directory, environment.target))
    contents = [*_contents(directory), text_file("activate.sh", activation(changes))]
    manifest = _manifest(environment, contents, changes)
    files = (*contents, text_file(MANIFEST, manifest))
    return Deployment(environment.name, environment.target, files, left)


def _contents(directory: Path) -> Iterator[SentFile]:
    for link in _packages(directory):
        yield from files_below(link, f"packages/{link.name}")
    if (directory / "python").is_dir():
        yield from files_below(directory / "python", "python")


def _packages(directory: Path) -> list[Path]:
    return sorted((directory / "packages").iterdir())


def _search_paths(directory: Path, target: str) -> Iterator[EnvChange]:
    """Yield what a cross environment does not set here: where its own programs are found."""
    libraries = "DYLD_LIBRARY_PATH" if target.startswith("macos") else "LD_LIBRARY_PATH"
    for link in reversed(_packages(directory)):
        place = f"{ROOT}/packages/{link.name}"
        if (link / "bin").is_dir():
            yield PrependPath("PATH", f"{place}/bin")
        if any((link / "lib").glob("*.so*")) or any((link / "lib").glob("*.dylib")):
            yield PrependPath(libraries, f"{place}/lib")
    if (directory / "python").is_dir():
        # What is called `python` there finds these packages itself.
        yield PrependPath("PATH", f"{ROOT}/python/bin")


def _manifest(
    environment: Environment, files: Sequence[SentFile], changes: Sequence[EnvChange]
) -> str:
    document = {
        "format": FORMAT,
        "environment": environment.name,
        "target": environment.target,
        "variables": [change_text(change) for change in changes],
        "files": {
            file.name: {"sha256": file.sha256, "size": file.size, "program": file.is_program}
            for file in sorted(files, key=lambda file: file.name)
        },
    }
    return json.dumps(document, indent=1) + "\n"
