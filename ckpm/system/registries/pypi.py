"""What a Python index knows of a distribution: versions, wheels, Python limits; cached on disk."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from ckpm.model.refusals import UnreachableError
from ckpm.system.files import write_text
from ckpm.system.registries.indexes import index_address

FRESH_S = 600


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One wheel of an index; ``requires_python`` as its author wrote it."""

    name: str
    url: str
    version: str
    sha256: str | None
    size: int | None
    requires_python: str | None
    yanked: bool


@dataclass(frozen=True)
class PythonIndex:
    """The configured indexes behind a cache; ``offline`` answers from the cache alone."""

    indexes: tuple[str, ...]
    cache: Path
    offline: bool = False

    @cached_property
    def _asked(self) -> dict[tuple[str, str | None], tuple[IndexFile, ...]]:
        return {}

    def wheels(self, distribution: str, index: str | None = None) -> tuple[IndexFile, ...]:
        """Return every wheel of a distribution, from ``index`` or the first index that has it.

        Raises:
            UnreachableError: when nothing is cached and no index can be reached.
        """
        key = (distribution, index)
        if key not in self._asked:
            self._asked[key] = self._ask(distribution, (index,) if index else self.indexes)
        return self._asked[key]

    def _ask(self, distribution: str, indexes: Sequence[str]) -> tuple[IndexFile, ...]:
        for index in indexes:
            if files := self._page(index, distribution):
                return files
        return ()

    def _page(self, index: str, distribution: str) -> tuple[IndexFile, ...]:
        place = (
            self.cache / hashlib.sha256(index.encode()).hexdigest()[:16] / f"{distribution}.json"
        )
        fresh, files = _read(place)
        if fresh or (files is not None and self.offline):
            return files or ()
        if self.offline:
            raise UnreachableError(
                f"nothing is cached about `{distribution}`, and this is offline",
                hints=["run the same without `--offline` once"],
            )
        try:
            files = _download(index, distribution)
        except UnreachableError:
            if files is None:
                raise
            return files
        write_text(place, json.dumps([asdict(file) for file in files]))
        return files


def _read(place: Path) -> tuple[bool, tuple[IndexFile, ...] | None]:
    """Return whether the cached page is fresh, and the page."""
    try:
        age_s = time.time() - place.stat().st_mtime
        files = tuple(IndexFile(**entry) for entry in json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return False, None
    return 0 <= age_s < FRESH_S, files


def _download(index: str, distribution: str) -> tuple[IndexFile, ...]:
    from urllib.parse import urlsplit

    import requests
    from pypi_simple import NoSuchProjectError, PyPISimple

    try:
        with PyPISimple(endpoint=index_address(index)) as client:
            page = client.get_project_page(distribution, timeout=(10, 60))
    except NoSuchProjectError:
        return ()
    except (requests.RequestException, ValueError) as error:
        host = urlsplit(index_address(index)).hostname
        raise UnreachableError(
            f"cannot read the Python index at {host}",
            hints=["check the network, or use `--offline` with what was fetched before"],
        ) from error
    return tuple(
        IndexFile(
            name=package.filename,
            url=package.url,
            version=package.version,
            sha256=package.digests.get("sha256"),
            size=package.size,
            requires_python=package.requires_python,
            yanked=package.is_yanked,
        )
        for package in page.packages
        if package.package_type == "wheel" and package.version
    )
