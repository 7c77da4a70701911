"""Builds as ckpm ran them, kept so that the very same commands can be run again without it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ckpm import Session
from ckpm.install import workshop
from ckpm.model.requirement import parse_requirement


@dataclass
class Build:
    """The files before the first command, where they lay, and the commands."""

    place: Path
    kept: Path
    commands: list[tuple[Sequence[str], Path, Mapping[str, str]]] = field(default_factory=list)

    def repeat(self) -> float:
        """Run the same commands in the same place; return the seconds that they took alone."""
        shutil.copytree(self.kept, self.place, symlinks=True)
        start = time.perf_counter()
        for argv, cwd, environ in self.commands:
            subprocess.run(argv, cwd=cwd, env=environ, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        shutil.rmtree(self.place)
        return seconds


def recorded(
    project: Path, request: Sequence[str], target: str, environ: Mapping[str, str], kept: Path
) -> list[Build]:
    """Install once, and return what was built on the way; their files are copied to ``kept``."""
    session = Session(environ=environ)
    asked = [parse_requirement(text) for text in request]
    with chdir(project), _recording(kept) as builds:
        place = session.place("cross", create=True)
        session.install(session.prepare(place, asked, target=session.target(target)))
    return list(builds.values())


@contextmanager
def _recording(kept: Path) -> Iterator[dict[Path, Build]]:
    builds: dict[Path, Build] = {}
    run_logged = workshop.run_logged

    def run(argv: Sequence[str], *, cwd: Path, environ: Mapping[str, str], log_file: Path) -> int:
        place = cwd.parent
        if place not in builds:
            builds[place] = Build(place, kept / place.name)
            shutil.copytree(place, kept / place.name, symlinks=True)
        builds[place].commands.append((argv, cwd, environ))
        return run_logged(argv, cwd=cwd, environ=environ, log_file=log_file)

    workshop.run_logged = run  # type: ignore[assignment]
    try:
        yield builds
    finally:
        workshop.run_logged = run_logged
