"""What a Python index knows of a distribution: versions, wheels, Python limits; cached on disk."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.model.refusals import UnreachableError
from ckpm.schema.values import (
    distribution_name,
    file_name,
    https_or_http,
    plain_version,
    sha_digest,
)
from ckpm.system.files import write_text
from ckpm.system.registries.indexes import index_address

if TYPE_CHECKING:
    from pypi_simple import DistributionPackage

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
        of_index = hashlib.sha256(index.encode()).hexdigest()[:16]
        place = self.cache / of_index / f"{distribution_name(distribution)}.json"
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
    files = (_file(package) for package in page.packages if package.package_type == "wheel")
    return tuple(file for file in files if file is not None)


def _file(package: DistributionPackage) -> IndexFile | None:
    """Return a wheel of a page; ``None`` for one whose name, version or digest cannot be meant."""
    sha256 = package.digests.get("sha256")
    try:
        return IndexFile(
            name=file_name(package.filename),
            url=https_or_http(package.url),
            version=plain_version(package.version or ""),
            sha256=sha_digest("sha256")(sha256).value if sha256 else None,
            size=package.size,
            requires_python=package.requires_python,
            yanked=package.is_yanked,
        )
    except ValueError:
        return None
