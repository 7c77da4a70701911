"""What uv said of Python closures, yes or no, remembered on disk.

A verdict is one file, named by a digest of the question and uv's version, so that another uv is
asked anew. It counts while the state of the index is what it was:

- the pages that ckpm has read of the projects in question are the same, byte for byte, and
- it is at most as old as the oldest page that ckpm believes without asking. Nobody tells us when a
  project further down in the closure has a new release; uv asks for these pages again then.

Offline nothing newer can be had, so the age does not count. What uv answers offline may rest on
pages of any age, and is therefore believed offline alone. A file that cannot be read, or whose
closure does not hold what is asked, is no verdict.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ckpm.model.lock import Closure, Distribution, Wheel
from ckpm.model.platform import Platform
from ckpm.model.refusals import ClosureConflictError
from ckpm.system.files import StorageError, write_text
from ckpm.system.registries.pypi import FRESH_S, PythonIndex
from ckpm.system.uv import Uv, uv_platform
from ckpm.system.uv_agreement import unheld_lines
from ckpm.system.uv_environment import uv_settings

_FORMAT = 1

Verdict = tuple[Distribution, ...] | str
"""The closure, or uv's words for why there is none."""


@dataclass(frozen=True)
class Verdicts:
    """uv behind a cache in ``directory``."""

    uv: Uv
    index: PythonIndex
    directory: Path

    def lock(
        self,
        scope: str,
        requirements: Sequence[str],
        python: str,
        platform: Platform,
        indexes: Sequence[str] = (),
        constraints: Sequence[str] = (),
    ) -> Closure:
        """Return the closure of ``requirements``; see ``Uv.lock``."""
        tag = uv_platform(platform)
        file = self._file("closure", requirements, python, tag, indexes, constraints)
        state = self._state(requirements)
        verdict = self._known(file, state, requirements, constraints)
        if verdict is None:
            asked_at = 0.0 if self.uv.offline else time.time()
            ask = partial(self.uv.lock, scope, requirements, python, platform, indexes, constraints)
            verdict = _asked(ask)
            _remember(file, {"asked_at": asked_at, "state": state, **_encoded(verdict)})
        if isinstance(verdict, str):
            raise ClosureConflictError(verdict, requirements, scope)
        return Closure(scope, python, tuple(requirements), verdict, tag or "")

    def pythons(self, platform: Platform) -> list[tuple[str, str]]:
        """Return what ``Uv.managed_pythons`` does: a list that is built into each uv."""
        if "UV_PYTHON_DOWNLOADS_JSON_URL" in self.uv.environ:
            return self.uv.managed_pythons(platform)
        file = self._file("pythons", platform.name)
        with suppress(KeyError, TypeError, ValueError):
            return [(str(version), str(url)) for version, url in _read(file)["pythons"]]
        if found := self.uv.managed_pythons(platform):
            _remember(file, {"pythons": found})
        return found

    def _known(self, file: Path, state: Mapping[str, str], *lines: Sequence[str]) -> Verdict | None:
        with suppress(KeyError, TypeError, ValueError):  # no verdict, or somebody else wrote it
            document = _read(file)
            age_s = time.time() - float(document["asked_at"])
            if document["state"] == state and (self.uv.offline or 0 <= age_s < FRESH_S):
                verdict = _decoded(document)
                if isinstance(verdict, str) or not unheld_lines(verdict, *lines):
                    return verdict
        return None

    def _state(self, requirements: Sequence[str]) -> dict[str, str]:
        """Return the digests of the pages that ckpm has of the projects in question."""
        names = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in requirements}
        pages = (page for name in names for page in self.index.cache.glob(f"*/{name}.json"))
        return {f"{p.parent.name}/{p.name}": _digest(p.read_bytes()) for p in sorted(pages)}

    def _file(self, *question: object) -> Path:
        """Return the place of a question's verdict; what uv is told is part of the question."""
        settings = uv_settings(self.uv.environ)
        text = json.dumps([_FORMAT, self.uv.version, self.uv.indexes, settings, question])
        return self.directory / f"{_digest(text.encode())[:32]}.json"


def _asked(ask: Callable[[], Closure]) -> Verdict:
    try:
        return ask().distributions
    except ClosureConflictError as error:
        return error.text


def _encoded(verdict: Verdict) -> dict[str, Any]:
    if isinstance(verdict, str):
        return {"refusal": verdict}
    return {"closure": [asdict(distribution) for distribution in verdict]}


def _decoded(document: Mapping[str, Any]) -> Verdict:
    if "refusal" in document:
        return str(document["refusal"])
    return tuple(
        Distribution(**{**entry, "wheels": tuple(Wheel(**wheel) for wheel in entry["wheels"])})
        for entry in document["closure"]
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_bytes())
    except (OSError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _remember(file: Path, document: Mapping[str, Any]) -> None:
    # A cache that cannot be written only costs time.
    with suppress(OSError, StorageError):
        write_text(file, json.dumps(document, separators=(",", ":")))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
