"""Carry out the steps of a plan in order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ckpm.errors import CkpmError
from ckpm.install.fetch import Fetcher
from ckpm.install.generations import GenerationMaker, Scripts
from ckpm.install.packages import PackageMaker
from ckpm.install.registries import Registries
from ckpm.model.lock import Artifact
from ckpm.model.plan import FetchStep, GenerationStep, PackageStep, Plan, PythonStep
from ckpm.model.platform import Platform
from ckpm.store import Store
from ckpm.system.files import free_bytes
from ckpm.system.http import UnreachableError
from ckpm.system.registries.npm import NpmClient
from ckpm.system.report import Reporter


class Installer:
    """Carries out plans against one store."""

    def __init__(
        self,
        store: Store,
        registries: Registries,
        environ: Mapping[str, str],
        build: Platform,
        reporter: Reporter,
        scripts: Scripts,
    ) -> None:
        self.store = store
        self.registries = registries
        self.uv = registries.uv
        self.environ = environ
        self.build = build
        self.reporter = reporter
        self.packages = PackageMaker(store, environ)
        self.generations = GenerationMaker(store, self.uv, scripts)
        self.npm_tools: dict[str, tuple[str, ...]] = {}
        self.fetcher = Fetcher(store, reporter, self._urls, self._npm, offline=self.uv.offline)

    def install(self, plan: Plan) -> Path:
        """Carry out the whole plan and return the new generation's directory.

        Until the last step, nothing that an environment uses is touched.
        """
        self._check_space(plan)
        self.fetch(plan)
        generation = Path()
        for step in plan.steps:
            match step:
                case PackageStep() if not step.present:
                    self.reporter.note(f"{step.verb} {step.package.title}")
                    self.packages.make(step)
                case GenerationStep():
                    native = step.target.name == self.build.name
                    generation = self.generations.make(step, native=native)
                case _:
                    continue
        return generation

    def fetch(self, plan: Plan) -> None:
        """Bring everything that a plan needs here, and make the tools' environments."""
        for step in plan.steps:
            if isinstance(step, PackageStep):
                self._remember_npm(step)
            if isinstance(step, PythonStep):
                self._prepare_python(step, plan)
        fetches = [step for step in plan.steps if isinstance(step, FetchStep) and not step.present]
        self.fetcher.fetch_all(fetches)

    def _prepare_python(self, step: PythonStep, plan: Plan) -> None:
        if step.key is None:
            target = plan.target or self.build
            total = step.closure.size_bytes
            task = self.reporter.task(f"Python packages of {step.owner}", total)
            self.uv.fetch(step.closure, target)
            task.advance(total)
            task.done()
        elif not step.present:
            task = self.reporter.task(f"Python packages: {step.owner}", step.closure.size_bytes)
            self._make_tools(step, step.key)
            task.advance(step.closure.size_bytes)
            task.done()

    def _make_tools(self, step: PythonStep, key: str) -> None:
        result = self.store.result(key, "tools", step.closure.python)
        with self.store.making(result, digested=False) as product:
            if product is not None:
                product.rmdir()
                self.uv.make_venv(product, step.python)
                self.uv.fill(product, step.closure)

    def _remember_npm(self, step: PackageStep) -> None:
        place = dict(step.tools).get("npm")
        if place is None:
            return
        if place != "{generation}/venv":
            self.npm_tools[step.package.name] = (place,)
            return
        venv = self.store.result(step.venv or "", "tools", "")
        found = next(venv.parent.glob(f"{step.venv}-tools-*"), None) or venv
        self.npm_tools[step.package.name] = (str(found / "bin" / "npm"),)

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
