"""uv as what fetches interpreters for other machines: python-build-standalone's, by their digests.

None of them is run, and uv's own directory of Pythons, in which it looks for ones to run, has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ckpm.errors import BuildError
from ckpm.model.platform import Platform
from ckpm.model.refusals import UnreachableError
from ckpm.system.uv import Uv
from ckpm.system.uv_output import output_of, speaks_of_network


@dataclass(frozen=True)
class UvPythons(Uv):
    """uv, called for a target's Pythons."""

    def offered(self, python: str, platform: Platform) -> str | None:
        """Return the version that uv can fetch for ``python``: just that, else of its minor."""
        versions = [version for version, _ in self.managed_pythons(platform)]
        minor = ".".join(python.split(".")[:2])
        fitting = [version for version in versions if f"{version}.".startswith(f"{minor}.")]
        return python if python in versions else next(iter(fitting), None)

    def place(self, version: str, platform: Platform, directory: Path) -> Path:
        """Return where below ``directory`` the interpreter is, or would be."""
        minor = ".".join(version.split(".")[:2])
        return directory / _key(version, platform) / "bin" / f"python{minor}"

    def bring(self, version: str, platform: Platform, directory: Path) -> Path:
        """Have the interpreter below ``directory``, fetched and verified, and return its path.

        Raises:
            UnreachableError: when the network does not give it.
            BuildError: when uv fails otherwise.
        """
        program = self.place(version, platform, directory)
        if program.exists():
            return program
        options = ["--install-dir", str(directory), "--no-bin"]
        done = self._run(["python", "install", _key(version, platform), *options])
        if done.returncode == 0 and program.exists():
            return program
        text = output_of(done)
        if speaks_of_network(text) or "download" in text.lower():
            raise UnreachableError(f"uv cannot fetch Python {version} for {platform} from here")
        faults = [line for line in text.splitlines() if not line.startswith("warning:")]
        why = faults[0].removeprefix("error: ") if faults else "it does not say why"
        raise BuildError(f"uv brought no Python {version} for {platform}: {why}")


def _key(version: str, platform: Platform) -> str:
    libc = "musl" if platform.fact("musl") else "gnu"
    return f"cpython-{version}-{platform.os}-{platform.processor}-{libc}"
