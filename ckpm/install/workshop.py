"""The surroundings in which the commands of one package run: tools, toolchain, variables, a log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ckpm.errors import BuildError
from ckpm.install.builds import build_system
from ckpm.install.builds.build import Argv, Build, build_environ
from ckpm.install.builds.toolchain import (
    Toolchain,
    make_toolchain,
    with_flags,
    with_plain_programs,
)
from ckpm.model.placeholders import fill
from ckpm.model.plan import PackageStep
from ckpm.model.platform import Platform
from ckpm.model.requirement import parse_requirement
from ckpm.model.toolchain import target_values
from ckpm.store import Store
from ckpm.system.process import run_logged

# What a build may see of the caller's environment; everything else comes from resolved tools.
KEPT_VARIABLES = (
    "HOME",
    "LANG",
    "TMPDIR",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CCACHE_DIR",
    "CCACHE_CONFIGPATH",
    "CCACHE_DISABLE",
    "SCCACHE_DIR",
)
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Workshop:
    """Where one package is made: ``work`` holds its source, ``product`` becomes the result.

    ``environ`` is the caller's, ``native`` the platform that everything runs on, and ``launcher`` a
    compiler cache.
    """

    step: PackageStep
    work: Path
    product: Path
    store: Store
    environ: Mapping[str, str]
    native: Platform
    launcher: str | None = None

    def build(self) -> None:
        """Build the source as its recipe says, and move what was installed into the product."""
        system = build_system(self.step.source.text("system") or "commands")
        self.run(system(self.plan))
        built = Path(f"{self.plan.stage}{self.plan.prefix}")
        if built.is_dir():
            built.rename(self.product)

    def run(self, commands: Sequence[Argv]) -> None:
        """Run commands in order, their output logged.

        Raises:
            BuildError: for the first that fails; the log is named.
        """
        log = self.store.root / "logs" / f"{self.step.package.name}-{self.step.key[:8]}.log"
        for command in commands:
            argv = [fill(argument, self.values) for argument in command]
            code = run_logged(argv, cwd=self.work, environ=self.variables, log_file=log)
            if code != 0:
                raise BuildError(
                    f"making `{self.step.package.title}` failed: `{Path(argv[0]).name}` ended with"
                    f" {code}\n{_tail(log)}",
                    hints=[f"the whole log: {log}"],
                )

    @cached_property
    def plan(self) -> Build:
        """What the build system is told."""
        package, source = self.step.package, self.step.source
        return Build(
            source=self.work,
            directory=self.work.with_name("build"),
            prefix=self.store.result(self.step.key, package.name, package.version),
            stage=self.work.with_name("stage"),
            recipe=source,
            toolchain=self.told if source.text("system") == "make" else self.toolchain,
            inputs=[Path(prefix) for _, prefix in self.step.inputs],
            tools={name: self.program(name, place) for name, place in self.step.tools},
            jobs=os.cpu_count() or 1,
        )

    @cached_property
    def toolchain(self) -> Toolchain:
        """What compiles for the package's platform."""
        cache = self.store.root / "cache"
        made = make_toolchain(self.step.toolchains, self.native, self.step.platform, cache)
        launched = replace(made, launcher=self.launcher)
        return with_plain_programs(launched, self.work.with_name("toolchain"))

    @cached_property
    def told(self) -> Toolchain:
        """The same for what takes no flags: makefiles have their own, and commands none."""
        return with_flags(self.toolchain, self.work.with_name("compilers"))

    @cached_property
    def values(self) -> dict[str, str]:
        """What the placeholders of a recipe's commands stand for."""
        programs = self.told.programs.items()
        values = {
            **described(self.step),
            "source": str(self.work),
            "prefix": str(self.product),
            "recipe": self.step.recipe.directory,
            "jobs": str(os.cpu_count() or 1),
            **{f"needs.{name}": prefix for name, prefix in _needs(self.step)},
            **{f"tools.{name}": self.program(name, place) for name, place in self.step.tools},
            **{f"toolchain.{name}": file for name, file in programs},
        }
        if self.step.venv:
            values["tools.python"] = str(Path(self.step.venv) / "bin" / "python")
        return values

    @cached_property
    def variables(self) -> dict[str, str]:
        """What the commands see: nothing of the caller's but what reaches people and networks."""
        # Where a build lies differs from time to time, and compilers' output does not.
        cache = {
            "CCACHE_BASEDIR": str(self.work.parent),
            "CCACHE_NOHASHDIR": "1",
            "CCACHE_COMPILERCHECK": "content",
        }
        return {**clean_environ(self.step, self.environ), **build_environ(self.plan), **cache}

    def program(self, name: str, place: str) -> str:
        """Return the executable of a tool: the one detected, or the venv's, or its prefix's."""
        if place != "{generation}/venv":
            inside = Path(place) / "bin" / name
            return str(inside) if inside.is_file() else place
        return str(Path(self.step.venv or "") / "bin" / name)


def described(step: PackageStep) -> dict[str, str]:
    """Return the placeholders that depend on no place."""
    return {
        "version": step.package.version,
        **target_values(step.platform),
        **{f"option.{name}": value for name, value in step.package.options},
    }


def clean_environ(step: PackageStep, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a program that makes or tests a package."""
    kept = {name: environ[name] for name in KEPT_VARIABLES if name in environ}
    directories = [str(Path(place).parent) for _, place in step.tools if Path(place).is_file()]
    if step.venv:
        directories.insert(0, str(Path(step.venv) / "bin"))
    fixed = {
        "PATH": ":".join(dict.fromkeys([*directories, SYSTEM_PATH])),
        "LC_ALL": "C.UTF-8",
        "SOURCE_DATE_EPOCH": "315532800",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {**kept, **fixed}


def _needs(step: PackageStep) -> Iterator[tuple[str, str]]:
    """Yield the prefixes of what it needs, by package and by the virtual one it stands in for."""
    yield from step.inputs
    inputs = dict(step.inputs)
    for need in step.package.needs:
        wanted, is_virtual, provider = need.rstrip(")").partition(" (")
        if is_virtual and provider in inputs:
            yield parse_requirement(wanted).package, inputs[provider]


def _tail(log: Path, lines: int = 12) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in text)
