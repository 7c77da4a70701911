"""Make one package in the store from its files: unpack, place, convert or build, then test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ckpm.errors import BuildError, DownloadError, IntegrityError
from ckpm.install.archives import Layout, extract_member, unpack
from ckpm.install.builds import build_system
from ckpm.install.builds.build import Build, build_environ
from ckpm.install.builds.exports import write_exports
from ckpm.install.builds.toolchain import Toolchain, make_toolchain, with_plain_programs
from ckpm.install.making import Making
from ckpm.model.lock import Artifact
from ckpm.model.placeholders import fill
from ckpm.model.plan import PackageStep
from ckpm.model.platform import Platform
from ckpm.model.recipe import Command, Part, ProductTest
from ckpm.model.requirement import parse_requirement
from ckpm.model.toolchain import target_values
from ckpm.store import Store
from ckpm.system.files import folds_names, storage_errors, temporary_directory
from ckpm.system.http import Expectation, verify_file
from ckpm.system.process import run_captured, run_logged

# What a build may see of the caller's environment; everything else comes from resolved tools.
KEPT_VARIABLES = ("HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
# Where a person's compiler cache is, and whether it is used; never how exactly it compares.
CACHE_VARIABLES = ("CCACHE_DIR", "CCACHE_CONFIGPATH", "CCACHE_DISABLE", "SCCACHE_DIR")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class PackageMaker:
    """Makes packages in a store, on the build platform; ``environ`` is the caller's."""

    store: Store
    environ: Mapping[str, str]
    build: Platform
    making: Making

    def make(self, step: PackageStep) -> Path:
        """Return the result's directory, made now unless it was there.

        Raises:
            BuildError: when a step or the package's own test fails; the log is named.
            IntegrityError: for archives that are not what they should be.
        """
        result = self.store.result(step.key, step.package.name, step.package.version)
        with self.store.making(result, made_by=step.source.method) as product:
            if product is not None:
                self._fill(step, product)
                self._test(step, product)
                self._check(step, product)
        return result

    def _fill(self, step: PackageStep, product: Path) -> None:
        source = step.source
        if source.method == "manual":
            self._take_supplied(step, product)
            return
        work = product.parent / "source"
        raw = work if source.steps or source.method == "build" else product
        raw.mkdir(exist_ok=True)
        if step.beside is not None:
            _check_beside(step, step.beside)
            _place(step.beside, raw)
        described = _described(step)
        for part, artifact in zip(_parts(step), step.package.artifacts, strict=True):
            self._lay_out(part, artifact, raw, described)
        if source.method == "build":
            self._build(step, work, product)
        self._run_all(step, source.steps, work, product)
        options = dict(step.package.options)
        for export in step.recipe.libraries:
            if export.when is None or export.when.holds(options, step.platform):
                write_exports(product, export, step.package.version, step.platform)

    def _lay_out(
        self, part: Part, artifact: Artifact, raw: Path, described: Mapping[str, str]
    ) -> None:
        file = self.store.download(artifact)
        destination = raw / part.into if part.into else raw
        with storage_errors(destination):
            destination.mkdir(parents=True, exist_ok=True)
        if not part.unpack:
            name = dict(part.members).get(artifact.name, artifact.name)
            _place(file, destination / name, named=True)
            return
        members = _filled(part.members, described)
        layout = Layout(members, part.strip, folds_names(destination))
        if part.inner is None:
            unpack(file, destination, layout)
            return
        # In a directory of its own: its name is the archive's choice.
        with temporary_directory(raw.parent) as directory:
            unpack(extract_member(file, part.inner, directory), destination, layout)

    def _build(self, step: PackageStep, work: Path, product: Path) -> None:
        build = self._described_build(step, work)
        system = build_system(step.source.text("system") or "commands")
        self._run_all(step, tuple(map(tuple, system(build))), work, product)
        built = Path(f"{build.stage}{build.prefix}")
        if built.is_dir():
            built.rename(product)

    def _described_build(self, step: PackageStep, work: Path) -> Build:
        return Build(
            source=work,
            directory=work.with_name("build"),
            prefix=self.store.result(step.key, step.package.name, step.package.version),
            stage=work.with_name("stage"),
            recipe=step.source,
            toolchain=self._toolchain(step, work),
            inputs=[Path(prefix) for _, prefix in step.inputs],
            tools={name: self._program(step, name, place) for name, place in step.tools},
            jobs=os.cpu_count() or 1,
        )

    def _toolchain(self, step: PackageStep, work: Path) -> Toolchain:
        cache = self.store.root / "cache"
        made = make_toolchain(step.toolchains, self.build, step.platform, cache)
        launched = replace(made, launcher=self.making.launcher())
        return with_plain_programs(launched, work.with_name("toolchain"))

    def _run_all(
        self, step: PackageStep, commands: tuple[Command, ...], work: Path, product: Path
    ) -> None:
        if not commands:
            return
        values = self._values(step, work, product)
        environ = self._build_environ(step, work)
        log = self.store.root / "logs" / f"{step.package.name}-{step.key[:8]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        for command in commands:
            argv = [fill(argument, values) for argument in command]
            code = run_logged(argv, cwd=work, environ=environ, log_file=log)
            if code != 0:
                raise BuildError(
                    f"making `{step.package.title}` failed: `{Path(argv[0]).name}` ended with"
                    f" {code}\n{_tail(log)}",
                    hints=[f"the whole log: {log}"],
                )

    def _values(self, step: PackageStep, work: Path, product: Path) -> dict[str, str]:
        values = {
            **_described(step),
            "source": str(work),
            "prefix": str(product),
            "recipe": step.recipe.directory,
            "jobs": str(os.cpu_count() or 1),
        }
        values |= {f"needs.{name}": prefix for name, prefix in _needs(step)}
        values |= {f"tools.{name}": self._program(step, name, place) for name, place in step.tools}
        if step.venv:
            values["tools.python"] = str(Path(step.venv) / "bin" / "python")
        programs = self._toolchain(step, work).programs if step.toolchains else {}
        return values | {f"toolchain.{name}": program for name, program in programs.items()}

    def _build_environ(self, step: PackageStep, work: Path) -> dict[str, str]:
        build = self._described_build(step, work)
        cache = {"CCACHE_BASEDIR": str(work.parent), "CCACHE_NOHASHDIR": "1",
                 "CCACHE_COMPILERCHECK": "content"}  # fmt: skip
        return {**self._clean_environ(step), **build_environ(build), **cache}

    @staticmethod
    def _program(step: PackageStep, name: str, place: str) -> str:
        """Return the executable of a tool: the one detected, or the venv's, or its prefix's."""
        if place != "{generation}/venv":
            inside = Path(place) / "bin" / name
            return str(inside) if inside.is_file() else place
        return str(Path(step.venv or "") / "bin" / name)

    def _test(self, step: PackageStep, product: Path) -> None:
        """Hold the product to what its recipe says of it; foreign programs are not run."""
        options = dict(step.package.options)
        for test in step.recipe.tests:
            if not test.when.holds(options, step.platform):
                continue
            for name in test.files:
                if not (product / name).exists():
                    raise IntegrityError(f"`{step.package.title}` was made, but has no `{name}`")
            if test.command and step.platform.name == self.build.name:
                self._try(step, test, product)

    def _check(self, step: PackageStep, product: Path) -> None:
        """Refuse what was built for the wrong machine, or cannot be used away from here."""
        if step.source.method != "build":
            return
        if faults := self.making.check(step, product, [str(product.parent)]):
            text = "".join(f"\n  {fault}" for fault in faults[:12])
            raise BuildError(f"`{step.package.title}` was built, but is not fit to be used{text}")

    def _try(self, step: PackageStep, test: ProductTest, product: Path) -> None:
        values = {**_described(step), "prefix": str(product)}
        argv = [fill(argument, values) for argument in test.command]
        # It is not yet where it will find what it needs by itself.
        places = ":".join(f"{prefix}/lib" for _, prefix in step.inputs)
        environ = {**self._clean_environ(step), "LD_LIBRARY_PATH": places}
        done = run_captured(argv, environ=environ, cwd=product, timeout_s=60)
        said = done.stdout + done.stderr
        if done.returncode != 0 or (test.prints or "") not in said:
            raise BuildError(
                f"`{step.package.title}` was made, but fails its test `{' '.join(test.command)}`",
                hints=[
                    f"it ended with {done.returncode} and said: {said.strip()[-200:] or 'nothing'}"
                ],
            )

    def _clean_environ(self, step: PackageStep) -> dict[str, str]:
        wanted = (*KEPT_VARIABLES, *CACHE_VARIABLES)
        kept = {name: self.environ[name] for name in wanted if name in self.environ}
        directories = [str(Path(place).parent) for _, place in step.tools if Path(place).is_file()]
        if step.venv:
            directories.insert(0, str(Path(step.venv) / "bin"))
        path = ":".join(dict.fromkeys([*directories, SYSTEM_PATH]))
        fixed = {
            "PATH": path,
            "LC_ALL": "C.UTF-8",
            "SOURCE_DATE_EPOCH": "315532800",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return {**kept, **fixed}

    def check_supplied(self, step: PackageStep) -> None:
        """Make sure, before anything is done, that what a person must supply is there."""
        supplied = self._supplied(step)
        if step.source.method == "manual" and not supplied.is_dir():
            text = fill(step.source.text("instructions") or "", {"drop": str(supplied)})
            raise DownloadError(
                f"`{step.package.name}` cannot be fetched for you",
                hints=[
                    *text.strip().splitlines(),
                    f"put it into {supplied}, then run this again",
                ],
            )

    def _take_supplied(self, step: PackageStep, product: Path) -> None:
        self.check_supplied(step)
        # A data set is linked, never copied.
        for entry in sorted(self._supplied(step).iterdir()):
            (product / entry.name).symlink_to(entry)

    def _supplied(self, step: PackageStep) -> Path:
        return self.store.root / "manual" / step.package.name


def _needs(step: PackageStep) -> Iterator[tuple[str, str]]:
    """Yield the prefixes of what it needs, by package and by the virtual one it stands in for."""
    yield from step.inputs
    inputs = dict(step.inputs)
    for need in step.package.needs:
        wanted, is_virtual, provider = need.rstrip(")").partition(" (")
        if is_virtual and provider in inputs:
            yield parse_requirement(wanted).package, inputs[provider]


def _described(step: PackageStep) -> dict[str, str]:
    """Return the placeholders that depend on no place."""
    return {
        "version": step.package.version,
        **target_values(step.platform),
        **{f"option.{name}": value for name, value in step.package.options},
    }


def _filled(
    members: tuple[tuple[str, str], ...], values: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    return tuple((fill(inside, values), place) for inside, place in members)


def _parts(step: PackageStep) -> tuple[Part, ...]:
    """Return the parts beside the artifacts; a wheel laid out as files has exactly one."""
    if step.source.parts:
        return step.source.parts
    return tuple(Part() for _ in step.package.artifacts)


def _check_beside(step: PackageStep, path: Path) -> None:
    """Make sure that what lies beside a recipe is there, and is what the recipe states."""
    if not path.exists():
        raise BuildError(f"`{step.package.name}`: there is no `{path}`")
    stated = step.source.text("digest")
    if stated and verify_file(path, Expectation()) != stated:
        raise IntegrityError(
            f"`{path}` is not the file that `{step.recipe.origin}` states: its sha256 differs",
            hints=[f"if it was meant to change: ckpm add {path} --name {step.package.name}"],
        )


def _place(source: Path, destination: Path, *, named: bool = False) -> None:
    """Copy a file into a directory (or to a name), or the content of a directory into another."""
    with storage_errors(destination):
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".git")
            shutil.copytree(source, destination, dirs_exist_ok=True, symlinks=True, ignore=ignore)
        else:
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination if named else destination / source.name)


def _tail(log: Path, lines: int = 12) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in text)
