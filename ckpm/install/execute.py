"""Carry out the steps of a plan in order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ckpm.errors import CkpmError
from ckpm.install.fetch import Fetcher
from ckpm.install.generations import GenerationMaker
from ckpm.install.making import Making
from ckpm.install.packages import PackageMaker
from ckpm.install.records import added_by_hand
from ckpm.install.registries import Registries
from ckpm.model.lock import Artifact
from ckpm.model.plan import FetchStep, GenerationStep, PackageStep, Plan, PythonStep
from ckpm.model.platform import Platform
from ckpm.model.refusals import UnreachableError
from ckpm.store import Store
from ckpm.system.files import free_bytes
from ckpm.system.registries.npm import NpmClient
from ckpm.system.report import Reporter, Task


class Installer:
    """Carries out plans against one store."""

    def __init__(
        self,
        store: Store,
        registries: Registries,
        environ: Mapping[str, str],
        build: Platform,
        reporter: Reporter,
        making: Making,
    ) -> None:
        self.store = store
        self.registries = registries
        self.uv = registries.uv
        self.environ = environ
        self.build = build
        self.reporter = reporter
        self.packages = PackageMaker(store, environ, build, making)
        self.generations = GenerationMaker(store, self.uv, making.scripts, build)
        self.npm_tools: dict[str, tuple[str, ...]] = {}
        self.fetcher = Fetcher(store, reporter, self._urls, self._npm, offline=self.uv.offline)

    def install(self, plan: Plan) -> Path:
        """Carry out the whole plan and return the new generation's directory.

        Until the last step, nothing that an environment uses is touched.
        """
        self._check_space(plan)
        for step in plan.steps:
            if isinstance(step, PackageStep) and not step.present:
                self.packages.check_supplied(step)
        self._prepare(plan)
        generation = Path()
        for step in plan.steps:
            match step:
                case PackageStep() if not step.present:
                    self.reporter.note(f"{step.verb} {step.package.title}")
                    self.packages.make(step)
                case GenerationStep():
                    self._tell_what_stays(step)
                    native = step.target.name == self.build.name
                    generation = self.generations.make(step, native=native)
                case _:
                    continue
        return generation

    def _tell_what_stays(self, step: GenerationStep) -> None:
        """Say what somebody's pip put into the generation that is about to be replaced."""
        current = self.store.current(step.environment, step.target.name)
        if current is None:
            return
        for name in added_by_hand(current):
            note = f"`{name}` was added by hand, and stays in generation {current.name} alone"
            self.reporter.note(note)

    def fetch(self, plan: Plan) -> None:
        """Bring everything that a plan needs here, so that installing it needs no network."""
        self._prepare(plan)
        for step in plan.steps:
            if isinstance(step, PythonStep) and step.directory is None:
                task = self._python_task(step)
                self.uv.fetch(step.closure, plan.target or self.build)
                task.done()

    def _prepare(self, plan: Plan) -> None:
        """Make the tools' environments and fetch every file."""
        for step in plan.steps:
            if isinstance(step, PackageStep):
                self._remember_npm(step)
            if isinstance(step, PythonStep) and step.directory and not step.present:
                self._make_tools(step, Path(step.directory))
        fetches = [step for step in plan.steps if isinstance(step, FetchStep) and not step.present]
        self.fetcher.fetch_all(fetches)

    def _python_task(self, step: PythonStep) -> Task:
        count = len(step.closure.distributions)
        return self.reporter.task(f"{count} Python packages for {step.owner}")

    def _make_tools(self, step: PythonStep, directory: Path) -> None:
        task = self._python_task(step)
        with self.store.making(directory, digested=False) as product:
            if product is not None:
                product.rmdir()
                self.uv.make_venv(product, step.python)
                self.uv.fill(product, step.closure)
        task.done()

    def _remember_npm(self, step: PackageStep) -> None:
        place = dict(step.tools).get("npm")
        if place == "{generation}/venv":
            place = str(Path(step.venv or "") / "bin" / "npm")
        if place is not None:
            self.npm_tools[step.package.name] = (place,)

    def _npm(self, package: str) -> NpmClient:
        command = self.npm_tools.get(package)
        if command is None:
            raise CkpmError(f"no npm client was planned for `{package}`")
        directory = str(Path(command[0]).parent)
        path = f"{directory}:{self.environ.get('PATH', '')}"
        return NpmClient(command, {**self.environ, "PATH": path})

    def _urls(self, artifact: Artifact) -> tuple[str, ...]:
        """Return where a file lies now; a registry's own addresses stay out of locks."""
        if artifact.urls or artifact.registry != "pypi":
            return artifact.urls
        distribution = artifact.reference.partition("==")[0]
        for wheel in self.registries.index.wheels(distribution):
            if wheel.name == artifact.name:
                return (wheel.url,)
        raise UnreachableError(f"the Python index no longer has `{artifact.name}`")

    def _check_space(self, plan: Plan) -> None:
        free = free_bytes(self.store.root)
        if plan.fetch_bytes > free:
            raise CkpmError(
                f"the plan fetches {plan.fetch_bytes >> 20} MB, and {free >> 20} MB are free",
                hints=[
                    "free some space, or place the store elsewhere with `CKPM_STORE` or `--store`"
                ],
            )
