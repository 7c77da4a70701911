"""Fetch files into the store, several at a time, each the way its registry wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

from ckpm.errors import CkpmError, DownloadError
from ckpm.model.lock import Artifact, host_of
from ckpm.model.plan import FetchStep, Plan
from ckpm.model.refusals import SourceUnreachableError, UnreachableError
from ckpm.store import Store
from ckpm.system.files import publish_file, temporary_directory
from ckpm.system.http import (
    Expectation,
    fetch_file,
    is_reachable,
    verify_file,
)
from ckpm.system.registries.npm import NpmClient
from ckpm.system.report import Reporter

PARALLEL = 4

FindNpm = Callable[[str], NpmClient]
FindUrls = Callable[[Artifact], Sequence[str]]


def with_unreachable_hosts(plan: Plan) -> Plan:
    """Return the plan with a note for each host that does not answer now."""
    addresses = {
        host_of(url): (url, step.artifact.name)
        for step in plan.steps
        if isinstance(step, FetchStep) and not step.present
        for url in step.artifact.urls
    }
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(is_reachable, [url for url, _ in addresses.values()]))
    notes = [
        f"cannot reach {host} from here: without `{name}`, installing looks for another source"
        for (host, (_, name)), answered in zip(addresses.items(), answers, strict=True)
        if not answered
    ]
    return replace(plan, notes=(*plan.notes, *notes))


class Fetcher:
    """Bring artifacts into a store."""

    def __init__(
        self,
        store: Store,
        reporter: Reporter,
        urls: FindUrls,
        npm: FindNpm,
        *,
        offline: bool = False,
    ) -> None:
        self.store = store
        self.reporter = reporter
        self.urls = urls
        self.npm = npm
        self.offline = offline
        self.interrupted = Event()

    def fetch_all(self, steps: Sequence[FetchStep]) -> None:
        """Fetch every file, four at a time; the first failure is raised when the others are done.

        Raises:
            SourceUnreachableError: naming the package whose file could not be had.
            IntegrityError: for bytes that are not the promised ones.
        """
        pool = ThreadPoolExecutor(PARALLEL)
        try:
            for running in [pool.submit(self.fetch, step) for step in steps]:
                running.result()
        except KeyboardInterrupt:
            # Nobody waits for a server now; what is under way ends with its next bytes.
            self.interrupted.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            if not self.interrupted.is_set():
                pool.shutdown(cancel_futures=True)

    def fetch(self, step: FetchStep) -> None:
        """Fetch one file unless it is here; concurrent processes fetch it once."""
        artifact = step.artifact
        destination = self.store.download(artifact)
        with self.store.locked(f"download-{destination.parent.name[:40]}"):
            if destination.is_file():
                return
            try:
                self._fetch(artifact, destination, step.wanted_by)
            except DownloadError as error:
                silent = isinstance(error, UnreachableError) and not self.offline
                hosts = artifact.hosts if silent else ()
                raise SourceUnreachableError(step.wanted_by, error, hosts) from error

    def _fetch(self, artifact: Artifact, destination: Path, package: str) -> None:
        expected = Expectation(artifact.size, artifact.digests)
        if self.offline:
            raise UnreachableError(
                f"`{artifact.name}` is not in the store, and this is offline",
                hints=["run `ckpm fetch` with a network first"],
            )
        if artifact.registry == "npm":
            self._fetch_npm(artifact, destination, expected, package)
            return
        task = self.reporter.task(artifact.name, artifact.size)

        def advance(amount: int) -> None:
            if self.interrupted.is_set():
                raise CkpmError("interrupted")
            task.advance(amount)

        try:
            fetch_file(self.urls(artifact), destination, expected, advance)
        finally:
            task.done()

    def _fetch_npm(
        self, artifact: Artifact, destination: Path, expected: Expectation, package: str
    ) -> None:
        task = self.reporter.task(artifact.name, artifact.size)
        try:
            with temporary_directory(self.store.root / "work") as directory:
                file = self.npm(package).pack(artifact.reference, directory)
                verify_file(file, expected)
                task.advance(file.stat().st_size)
                publish_file(file, destination)
        finally:
            task.done()
