"""Where things lie in the store, and how they get there whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.errors import IntegrityError
from ckpm.schema.values import file_name
from ckpm.store.keys import file_digest, tree_digest
from ckpm.system.files import (
    flush_tree,
    point_link,
    publish_directory,
    storage_errors,
    temporary_directory,
    tree_size,
    write_text,
)

if TYPE_CHECKING:  # Every command has a store.
    from ckpm.model.lock import Artifact


@dataclass(frozen=True, slots=True)
class Store:
    """A directory of downloads (by content), results (by input hash) and environments."""

    root: Path

    @property
    def uv_cache(self) -> Path:
        """Uv's cache, on the store's file system so that its wheels can be hard-linked."""
        return self.root / "uv-cache"

    @property
    def environments(self) -> Path:
        """The directory of all environments."""
        return self.root / "envs"

    def download(self, artifact: Artifact) -> Path:
        """Return where a file is or will be: by its strongest digest, else by where it is from."""
        strongest = artifact.strongest
        downloads = self.root / "downloads"
        if strongest is not None:
            return _below(downloads, strongest.algorithm, strongest.value, artifact.name)
        place = hashlib.sha256(artifact.origin.encode()).hexdigest()
        return _below(downloads, "unverified", place, artifact.name)

    def has_download(self, artifact: Artifact) -> bool:
        """Whether the file is here whole."""
        return self.download(artifact).is_file()

    def pin(self, artifact: Artifact) -> Artifact:
        """Return a downloaded file's artifact with the sha256 of what came, kept under that too."""
        here = self.download(artifact)
        if artifact.is_pinned or not here.is_file():
            return artifact
        from ckpm.model.recipe import Digest

        digest = Digest("sha256", file_digest(here))
        pinned = replace(artifact, digests=(digest, *artifact.digests))
        place = self.download(pinned)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(here)
        return pinned

    def result(self, key: str, name: str, version: str) -> Path:
        """Return where the result of a step is or will be."""
        return _below(self.root / "results", f"{key}-{name}-{_plain(version)}")

    def has_result(self, result: Path) -> bool:
        """Whether a result is complete: its record is written last."""
        return _record(result).is_file() and result.is_dir()

    @contextmanager
    def making(
        self, result: Path, *, digested: bool = True, made_by: str = ""
    ) -> Iterator[Path | None]:
        """Give a temporary directory that becomes the result at the end.

        ``made_by`` is kept in its record: the method of its source.

        ``None`` when another process has made it meanwhile: one lock a key, so that concurrent
        installers of the same thing do the work once. Without ``digested`` the tree is vouched for
        otherwise (a virtual environment by its RECORDs).
        """
        with self.locked(result.name):
            if self.has_result(result):
                yield None
                return
            with temporary_directory(self.root / "work") as directory:
                product = directory / "result"
                product.mkdir()
                yield product
                self._publish(product, result, digested=digested, made_by=made_by)

    def _publish(self, product: Path, result: Path, *, digested: bool, made_by: str) -> None:
        digest = tree_digest(product) if digested else None
        record = {"tree": digest, "size": tree_size(product), "made_by": made_by}
        if result.exists():
            # Left by a run that was killed between its rename and its record.
            from ckpm.system.files import remove_tree

            remove_tree(result)
        if digested:
            flush_tree(product)
        publish_directory(product, result)
        write_text(_record(result), json.dumps(record))

    def methods(self, name: str, version: str) -> set[str]:
        """Return the methods by which results of a package's version were made that are here."""
        found: set[str] = set()
        for path in self.root.glob(f"results/*-{name}-{_plain(version)}.json"):
            with suppress(OSError, ValueError):
                found.add(str(json.loads(path.read_text(encoding="utf-8")).get("made_by")))
        return found

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the lock of one name, waiting for whoever has it."""
        from filelock import FileLock

        directory = self.root / "locks"
        lock = FileLock(directory / f"{name}.lock")
        with storage_errors(directory):
            directory.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def environment(self, name: str) -> Path:
        """Return the directory of one environment."""
        return _below(self.environments, name)

    def series(self, environment: str, target: str) -> Path:
        """Return the directory of an environment's generations for one target."""
        return _below(self.environments, environment, target)

    def current(self, environment: str, target: str) -> Path | None:
        """Return the generation that an environment's ``current`` names now, resolved once."""
        link = self.series(environment, target) / "current"
        try:
            number = link.readlink().name
        except OSError:
            return None
        return link.with_name(number) if number.isdigit() else None

    def generations(self, environment: str, target: str) -> list[int]:
        """Return the numbers of all complete generations, oldest first."""
        directory = self.series(environment, target)
        if not directory.is_dir():
            return []
        return sorted(
            int(path.name)
            for path in directory.iterdir()
            if path.name.isdigit() and (path / "environment.json").is_file()
        )

    def switch(self, environment: str, target: str, generation: int) -> Path:
        """Make one generation the current one."""
        directory = self.series(environment, target)
        point_link(directory / "current", str(generation))
        return directory / str(generation)


def _below(directory: Path, *names: str) -> Path:
    """Return a place below a directory of the store; no name leads anywhere else.

    Names are checked where they are read. This holds for those that somebody forgot to check.
    """
    try:
        return directory.joinpath(*map(file_name, names))
    except ValueError as error:
        raise IntegrityError(f"nothing in the store has such a name: expected {error}") from error


def _record(result: Path) -> Path:
    # Outside the tree it vouches for.
    return result.with_name(f"{result.name}.json")


def _plain(version: str) -> str:
    return "".join(c if c.isalnum() or c in "._+-" else "_" for c in version)
