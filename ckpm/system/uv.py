"""uv: locks Python closures, makes virtual environments and fills them.

uv is asked for wheels only (``--no-build``): otherwise it runs the ``setup.py`` of strangers while
resolving. It reads none of pip's settings and is told none of its own, so the index list is always
given.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ckpm.errors import BuildError
from ckpm.model.lock import Closure
from ckpm.model.platform import Platform
from ckpm.model.refusals import UnreachableError
from ckpm.schema.values import python_version
from ckpm.system.files import temporary_directory
from ckpm.system.process import Completed, run_captured
from ckpm.system.registries.indexes import STOCK
from ckpm.system.uv_agreement import refuse_other, refuse_unheld
from ckpm.system.uv_environment import uv_environment
from ckpm.system.uv_output import (
    fault,
    locked_distributions,
    output_of,
    speaks_of_network,
    verdict,
)
from ckpm.system.uv_wheels import no_part, pinned_lines, refuse_unfit


@dataclass(frozen=True)
class Uv:
    """One way of calling uv: the caller's environment, cache directory, indexes, network or not."""

    environ: Mapping[str, str]
    cache: Path
    indexes: tuple[str, ...]
    offline: bool = False

    def lock(
        self,
        scope: str,
        requirements: Sequence[str],
        python: str,
        platform: Platform,
        indexes: Sequence[str] = (),
        constraints: Sequence[str] = (),
    ) -> Closure:
        """Return the closure of ``requirements`` for one Python version and platform.

        ``indexes`` are asked before the configured ones; ``constraints`` are lines that hold for
        whatever turns out to be needed.

        Raises:
            ClosureConflictError: when uv's solver says no; nothing else is a no.
            ClosureUndecidedError: when uv ends otherwise, or lacks metadata.
            UnreachableError: when an index cannot be read.
            IntegrityError: when the answer is not one to what was asked.
        """
        tag = uv_platform(platform)
        if tag is None:
            raise no_part(platform)
        # uv wants some interpreter, also where it is told of another one; ours is surely there.
        with temporary_directory(self.cache) as directory:
            file = directory / "constraints.txt"
            file.write_text("\n".join(constraints), encoding="utf-8")
            done = self._run(
                ["pip", "compile", "-", "--format", "pylock.toml", "--no-header", "--no-build",
                 "--quiet", "--python", sys.executable, "--python-version", python,
                 "--constraints", str(file), *self._index_options(indexes)],
                "\n".join(requirements),
                tag,
            )  # fmt: skip
        if done.returncode != 0:
            raise verdict(done, requirements, scope)
        distributions = locked_distributions(done.stdout, indexes)
        refuse_unheld(distributions, requirements, constraints)
        return Closure(scope, python, tuple(requirements), distributions, tag)

    def make_venv(self, directory: Path, python: str) -> None:
        """Make a relocatable virtual environment on an interpreter's path or a managed version."""
        if not Path(python).is_absolute():
            # A relative path is one to uv, and what it names is started.
            python_version(python)
        done = self._run(["venv", "--quiet", "--relocatable", "--python", python, str(directory)])
        if done.returncode != 0:
            text = output_of(done)
            signs = ("No interpreter found", "download")
            if speaks_of_network(text) or any(sign in text for sign in signs):
                raise UnreachableError(f"uv cannot provide Python {python} from here")
            raise BuildError(f"uv could not make a virtual environment: {text}")

    def fill(self, directory: Path, closure: Closure) -> None:
        """Install exactly the closure into a virtual environment, by hash, hard-linked.

        Raises:
            IntegrityError: when something else is in it then.
        """
        self._sync(directory, closure)

    def fill_foreign(self, directory: Path, closure: Closure, platform: Platform) -> None:
        """Install the closure for another platform and Python, running nothing of it.

        ``directory`` is a virtual environment of any Python; its version stays in the names of
        directories.

        Raises:
            IntegrityError: when the closure has a wheel that is not for them, or something else is
                installed.
        """
        refuse_unfit(closure, platform)
        self._sync(directory, closure, uv_platform(platform) or "")

    def fetch(self, closure: Closure, platform: Platform) -> None:
        """Bring every wheel of the closure into uv's cache."""
        with temporary_directory(self.cache) as directory:
            self.make_venv(directory / "venv", sys.executable)
            self.fill_foreign(directory / "venv", closure, platform)

    def managed_pythons(self, platform: Platform) -> list[tuple[str, str]]:
        """Return (version, address) of the CPythons that uv can fetch, newest first."""
        import json

        done = self._run(
            ["python", "list", "--all-platforms", "--all-arches", "--only-downloads",
             "--output-format", "json"]
        )  # fmt: skip
        entries = json.loads(done.stdout) if done.returncode == 0 else []
        arch = {"arm64": "aarch64"}.get(platform.arch, platform.arch)
        libc = "musl" if platform.fact("musl") else {"linux": "gnu"}.get(platform.os, "none")
        return [
            (entry["version"], entry["url"])
            for entry in entries
            if (entry["os"], entry["arch"], entry["libc"]) == (platform.os, arch, libc)
            and entry["implementation"] == "cpython"
            and entry["variant"] == "default"
        ]

    def _sync(self, directory: Path, closure: Closure, platform: str = "") -> None:
        where = ["--python", str(venv_python(directory))]
        where += ["--python-version", closure.python] if platform else []
        with temporary_directory(self.cache) as scratch:
            file = scratch / "requirements.txt"
            file.write_text(
                "".join(f"{line}\n" for line in pinned_lines(closure)), encoding="utf-8"
            )
            extra = list(dict.fromkeys(d.index for d in closure.distributions if d.index))
            done = self._run(
                ["pip", "sync", "--quiet", "--require-hashes", "--no-build",
                 "--allow-empty-requirements", *where, *self._index_options(extra), str(file)],
                platform=platform,
            )  # fmt: skip
        if done.returncode != 0:
            raise fault(done)
        refuse_other(directory, closure)

    def _index_options(self, first: Sequence[str]) -> list[str]:
        default, *extra = self.indexes
        options = [f"--default-index={default}"] if default != STOCK else []
        options += [f"--index={url}" for url in dict.fromkeys([*first, *extra])]
        return options

    def _run(
        self, arguments: Sequence[str], stdin: str | None = None, platform: str = ""
    ) -> Completed:
        name, _, macos = platform.partition(":")
        options = ["--python-platform", name] if name else []
        options += ["--offline"] if self.offline else []
        command = [self._program, *arguments, *options, "--no-config", "--color", "never"]
        environ = {**self._environ, **({"MACOSX_DEPLOYMENT_TARGET": macos} if macos else {})}
        return run_captured(command, environ=environ, stdin_text=stdin)

    @cached_property
    def version(self) -> str:
        """The version of the uv that answers."""
        import uv

        # Its metadata has the version in its name; reading it takes as long as a whole command.
        installed = sorted(Path(uv.__file__).parents[1].glob("uv-*.dist-info"))
        return installed[-1].name.split("-")[1].removesuffix(".dist") if installed else ""

    @cached_property
    def _program(self) -> str:
        from uv import find_uv_bin

        return str(find_uv_bin())

    @cached_property
    def _environ(self) -> dict[str, str]:
        return {
            "UV_PYTHON_INSTALL_DIR": str(self.cache.parent / "pythons"),
            "UV_NATIVE_TLS": "true",
            **uv_environment(self.environ),
            "UV_CACHE_DIR": str(self.cache),
            "UV_LINK_MODE": "hardlink",
            "NO_COLOR": "1",
        }


def uv_platform(platform: Platform) -> str | None:
    """Return uv's name of a platform, or ``None`` where it has none.

    After a colon stands the version of macOS, which uv reads from its environment.
    """
    glibc = int((platform.fact("glibc") or "2.28").split(".")[1])
    # uv has a name for these minors alone; wheels for an older glibc fit a newer one.
    known = [minor for minor in (17, 28, *range(31, 41)) if minor <= glibc]
    if platform.uv is None or not known:
        return None
    macos = platform.fact("macos")
    return platform.uv.replace("{glibc}", str(known[-1])) + (f":{macos}" if macos else "")


def venv_python(directory: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return directory / "bin" / "python"
