"""Make one package in the store from its files: unpack, place, convert or build, then test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ckpm.config.project_files import ASIDE
from ckpm.errors import BuildError, DownloadError, IntegrityError
from ckpm.install.archives import Layout, extract_member, link_leaves, unpack
from ckpm.install.builds.exports import write_exports
from ckpm.install.making import Making
from ckpm.install.workshop import Workshop, clean_environ, described
from ckpm.model.lock import Artifact
from ckpm.model.placeholders import fill
from ckpm.model.plan import PackageStep
from ckpm.model.platform import Platform
from ckpm.model.recipe import Part, ProductTest
from ckpm.store import Store
from ckpm.system.files import folds_names, storage_errors, temporary_directory
from ckpm.system.http import Expectation, verify_file
from ckpm.system.process import run_captured


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
            self._check_apart(step.beside)
            _place(step.beside, raw)
        placeholders = described(step)
        for part, artifact in zip(_parts(step), step.package.artifacts, strict=True):
            self._lay_out(part, artifact, raw, placeholders)
        if source.method == "build" or source.steps:
            launcher = self.making.launcher() if source.method == "build" else None
            place = (work, product, self.store, self.environ, self.build)
            workshop = Workshop(step, *place, launcher)
            if source.method == "build":
                workshop.build()
            workshop.run(source.steps)
        options = dict(step.package.options)
        for export in step.recipe.libraries:
            if export.when is None or export.when.holds(options, step.platform):
                write_exports(product, export, step.package.version, step.platform)

    def _check_apart(self, path: Path) -> None:
        """Make sure that the store is not in what is copied into it."""
        if self.store.root.resolve().is_relative_to(path.resolve()):
            hints = ["place the store elsewhere with `CKPM_STORE` or `--store`"]
            raise BuildError(f"`{path}` holds the store", hints=hints)

    def _lay_out(
        self, part: Part, artifact: Artifact, raw: Path, placeholders: Mapping[str, str]
    ) -> None:
        file = self.store.download(artifact)
        destination = raw / part.into if part.into else raw
        with storage_errors(destination):
            destination.mkdir(parents=True, exist_ok=True)
        if not part.unpack:
            name = dict(part.members).get(artifact.name, artifact.name)
            _place(file, destination / name, named=True)
            return
        members = _filled(part.members, placeholders)
        layout = Layout(members, part.strip, folds_names(destination))
        if part.inner is None:
            unpack(file, destination, layout)
            return
        # In a directory of its own: its name is the archive's choice.
        with temporary_directory(raw.parent) as directory:
            unpack(extract_member(file, part.inner, directory), destination, layout)

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
        values = {**described(step), "prefix": str(product)}
        argv = [fill(argument, values) for argument in test.command]
        # It is not yet where it will find what it needs by itself.
        places = ":".join(f"{prefix}/lib" for _, prefix in step.inputs)
        environ = {**clean_environ(step, self.environ), "LD_LIBRARY_PATH": places}
        done = run_captured(argv, environ=environ, cwd=product, timeout_s=60)
        said = done.stdout + done.stderr
        if done.returncode != 0 or (test.prints or "") not in said:
            raise BuildError(
                f"`{step.package.title}` was made, but fails its test `{' '.join(test.command)}`",
                hints=[
                    f"it ended with {done.returncode} and said: {said.strip()[-200:] or 'nothing'}"
                ],
            )

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
    """Make sure that what lies beside a recipe is there, and is what the recipe states.

    No link leads to another file of this person's, there or once it is copied.
    """
    if not (path.is_file() or path.is_dir()):
        raise BuildError(f"`{step.package.name}`: there is no file or directory `{path}`")
    root = _root(Path(step.recipe.directory))
    if not path.resolve().is_relative_to(root):
        raise BuildError(f"`{path}` is a link out of `{root}`", hints=["put a copy in its place"])
    if not ASIDE.isdisjoint(path.resolve().relative_to(root).parts):
        raise BuildError(f"`{path}` lies in a directory of tools, which is no package")
    for place, names, files in os.walk(path):
        for each in (Path(place, name) for name in (*names, *files)):
            _check_kind(each, each.relative_to(path).as_posix())
    stated = step.source.text("digest")
    if stated and verify_file(path, Expectation()) != stated:
        raise IntegrityError(
            f"`{path}` is not the file that `{step.recipe.origin}` states: its sha256 differs",
            hints=[f"if it was meant to change: ckpm add {path} --name {step.package.name}"],
        )


def _root(directory: Path) -> Path:
    """Return where the files beside a recipe really are: never behind a link of that name.

    A package of an environment file has that file's directory, however one came there.
    """
    is_beside = directory.with_name(f"{directory.name}.yaml").is_file()
    return directory.parent.resolve() / directory.name if is_beside else directory.resolve()


def _check_kind(path: Path, name: str) -> None:
    if path.is_symlink():
        if link_leaves(name, str(path.readlink())):
            raise BuildError(
                f"`{path}` is a link that may lead out of what is copied",
                hints=["put a copy in its place"],
            )
    elif not (path.is_file() or path.is_dir()):
        raise BuildError(f"`{path}` is neither a file nor a directory")


def _place(source: Path, destination: Path, *, named: bool = False) -> None:
    """Copy a file into a directory (or to a name), or the content of a directory into another."""
    with storage_errors(destination):
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".git")
            shutil.copytree(source, destination, dirs_exist_ok=True, symlinks=True, ignore=ignore)
        else:
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination if named else destination / source.name)
