"""A trusted project whose recipes compile, with a store and a search path of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.model.platform import Platform
from ckpm.run.emulation import emulated, library_directories

ROOT = Path(__file__).parents[2]
KEPT = ("PATH", "HOME", "LANG", "PIP_", "UV_", "SSL_", "REQUESTS_")
CASES = ROOT / "tests" / "cases" / "builds"


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> Any:
        """The result of its JSON document."""
        assert self.code == 0, self.out + self.err
        return json.loads(self.out)["result"]


@dataclass(frozen=True)
class Workplace:
    """The project's directory, and the variables that commands see."""

    directory: Path
    environ: Mapping[str, str]

    @property
    def store(self) -> Path:
        return Path(self.environ["CKPM_STORE"])

    @property
    def results(self) -> list[str]:
        """The names of what was made and kept."""
        kept = (place for place in self.store.glob("results/*") if place.is_dir())
        return sorted(place.name for place in kept)

    def having(self, **variables: str) -> Workplace:
        """Return the same place where some variables differ."""
        return replace(self, environ={**self.environ, **variables})

    def recipe(self, name: str, text: str, *sources: Path) -> None:
        """Write a recipe, with copies of directories beside it."""
        recipes = self.directory / ".ckpm" / "recipes"
        recipes.mkdir(parents=True, exist_ok=True)
        (recipes / f"{name}.yaml").write_text(f"name: {name}\n{text}", encoding="utf-8")
        for source in sources:
            shutil.copytree(source, recipes / name / source.name, dirs_exist_ok=True)
        self.ckpm("trust", ".")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command without waiting for its end."""
        command = [sys.executable, "-m", "ckpm", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.directory, env=self.environ, stdout=pipe, stderr=pipe, text=True
        )

    def ckpm(self, *arguments: str) -> Said:
        """Run a command to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=600)
        assert "Traceback" not in err, err
        return Said(process.returncode, out, err)

    def install(self, target: str, *requirements: str, env: str | None = None) -> Path:
        """Install, and return the directory that links to the packages."""
        named = env or requirements[0].partition(":")[0]
        asked = ("install", *requirements, "-e", named, "--target", target, "--json")
        return Path(self.ckpm(*asked).result["directory"], "packages")

    def interrupted(self, started: Path, *arguments: str) -> Said:
        """Run a command, and interrupt it as soon as a file is there."""
        with self.start(*arguments) as process:
            wait_for(started)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        return Said(process.returncode, out, err)


def make_workplace(directory: Path) -> Workplace:
    """Return a project without packages, whose commands see the whole machine."""
    project = directory / "project"
    project.mkdir()
    (project / "ckpm.yaml").write_text("name: project\nrequires: []\n", encoding="utf-8")
    places = {
        name: str(directory / name.lower()) for name in ("CKPM_STORE", "CKPM_CACHE", "CKPM_CONFIG")
    }
    kept = {name: text for name, text in os.environ.items() if name.startswith(KEPT)}
    return Workplace(project, {**kept, **places, "PYTHONPATH": str(ROOT)})


def add_recipes(workplace: Workplace) -> None:
    """Give a project the recipes of the tiny projects, for every build system."""
    sources = CASES / "number", CASES / "counted"
    for file in sorted((CASES / "recipes").glob("*.yaml")):
        workplace.recipe(file.stem, file.read_text(encoding="utf-8"), *sources)
    if shutil.which("autoreconf"):
        place = workplace.directory / ".ckpm" / "recipes" / "number-autotools" / "number"
        command = ["autoreconf", "--install"]
        subprocess.run(command, cwd=place, check=True, capture_output=True)
        workplace.ckpm("trust", ".")


def need(*programs: str) -> None:
    """Skip where a program is missing."""
    if lacking := [name for name in programs if shutil.which(name) is None]:
        pytest.skip(f"needs {', '.join(lacking)}")


def platform(name: str) -> Platform:
    """Return a platform as ckpm describes it."""
    return known_platforms()[name]


def printed(
    target: str, packages: Path, program: Sequence[str | Path], cache: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program of a target as its platform says, with the libraries of an environment."""
    libraries = library_directories(packages.parent, platform(target))
    native = platform("linux-x86_64")
    with emulated(platform(target), libraries, os.environ, cache, native=native) as emulation:
        command = emulation.started([str(word) for word in program])
        environ = {**os.environ, **emulation.environ}
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=300, check=False
        )


def wait_for(file: Path, seconds: float = 60) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + seconds
    while not file.exists():
        assert time.monotonic() < until, f"{file} never came"
        time.sleep(0.02)


def findings(judged: Any) -> list[tuple[str, str]]:
    """Return (severity, message) of everything that a check found."""
    each = judged["packages"] if isinstance(judged, dict) else judged
    return [(f["severity"], f["message"]) for package in each for f in package["findings"]]


def traces(product: Path, place: str) -> list[str]:
    """Return the files of a product that speak of a place."""
    files = (file for file in product.resolve().rglob("*") if file.is_file())
    return [file.name for file in files if place.encode() in file.read_bytes()]
