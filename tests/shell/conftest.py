"""Run driver scripts in real shells, and read back the variables that programs would see."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ckpm.activate.activation import Activation
from ckpm.activate.scripts import activation_scripts
from ckpm.activate.shells import activate_command, deactivate_command
from ckpm.model.environment import EnvChange

ENV_PROGRAM = shutil.which("env") or "env"
# What shells change by themselves, and our own state where `set -a` exports it.
NOISE = ("_", "SHLVL", "PWD", "OLDPWD", "A__z")
STATE = ("_CKPM_", "_ckpm_", "BASH_FUNC_")
FAMILIES = {
    "bash": ("sh", ["bash", "--norc", "--noprofile"]),
    "dash": ("sh", ["dash"]),
    "zsh": ("sh", ["zsh", "-f"]),
    "fish": ("fish", ["fish", "--no-config"]),
    "ash": ("sh", ["busybox", "ash"]),
    "ksh": ("sh", ["ksh93"]),
    "mksh": ("sh", ["mksh"]),
}


@dataclass(frozen=True, slots=True)
class RealShell:
    """One installed shell, and a directory for its driver and dumps."""

    name: str
    family: str
    argv: tuple[str, ...]
    work_dir: Path

    def activate(self, activation: Activation) -> str:
        return activate_command(self.name, activation.directory)

    @property
    def deactivate(self) -> str:
        return deactivate_command(self.name)

    def dumps(
        self, lines: Sequence[str], environ: Mapping[str, str] | None = None
    ) -> list[dict[str, str]]:
        """Return the variables at each line ``DUMP``; the shell must be quiet and succeed."""
        files = [self.work_dir / f"dump{number}" for number in range(lines.count("DUMP"))]
        for file in files:
            file.unlink(missing_ok=True)
        numbered = iter(files)
        driver = [f"{ENV_PROGRAM} -0 >{next(numbered)}" if x == "DUMP" else x for x in lines]
        done = self.run(driver, environ)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return [_variables(file) for file in files]

    def run(
        self, lines: Sequence[str], environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the lines as a script, with exactly the variables of ``environ``."""
        driver = self.work_dir / "driver"
        driver.write_bytes("".join(f"{line}\n" for line in lines).encode())
        return subprocess.run(
            [*self.argv, str(driver)],
            env={"PATH": "/usr/bin:/bin"} if environ is None else dict(environ),
            capture_output=True,
            cwd=self.work_dir,
            text=True,
            timeout=10,
            check=False,
        )


def _variables(file: Path) -> dict[str, str]:
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    pairs = (entry.split("=", 1) for entry in text.split("\0") if entry)
    return {
        name: value for name, value in pairs if name not in NOISE and not name.startswith(STATE)
    }


@pytest.fixture(params=list(FAMILIES))
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> RealShell:
    return real_shell(request.param, tmp_path)


@pytest.fixture
def shell_called(tmp_path: Path) -> Callable[[str], RealShell]:
    return lambda name: real_shell(name, tmp_path)


def real_shell(name: str, tmp_path: Path) -> RealShell:
    family, (program, *arguments) = FAMILIES[name]
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    work_dir = tmp_path / "work"
    work_dir.mkdir(exist_ok=True)
    return RealShell(name, family, (path, *arguments), work_dir)


@pytest.fixture
def generation(tmp_path: Path) -> Callable[..., Activation]:
    """Write a generation's scripts as an install does."""

    def write(name: str, number: int, *changes: EnvChange, folder: str = "envs") -> Activation:
        directory = tmp_path / folder / name / "linux-x86_64" / str(number)
        activation = Activation(name, "linux-x86_64", str(directory), changes)
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in activation_scripts(activation).items():
            (directory / file).write_bytes(text.encode())
        return activation

    return write
