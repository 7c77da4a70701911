"""What uv's output means: a closure, the solver's no, no network, or nothing that decides."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from ckpm.errors import CkpmError
from ckpm.model.lock import Distribution, Wheel
from ckpm.model.refusals import ClosureConflictError, ClosureUndecidedError, UnreachableError
from ckpm.system.process import Completed

_SOLVERS_NO = "No solution found"
_NETWORK = (
    "failed to fetch",
    "error sending request",
    "could not connect",
    "network connectivity",
)
_NO_WHEELS = re.compile(
    r"hint: Wheels are required for\s+`([^`]+)`\s+because\s+building\s+from\s+source[^)]*\)"
)
# What uv's solver takes for a version that cannot be chosen, although somebody else could read it.
_MISSING = (
    "not found in the cache",
    "to be downloaded from a registry",
    "network was disabled",
    "lookups were disabled",
    "not found in the provided package locations",
    "invalid metadata",
    "inconsistent metadata",
    "invalid package format",
    "could not be queried",
)


def verdict(done: Completed, requirements: Sequence[str], scope: str) -> CkpmError:
    """Return what a failed question means; only the solver's no, with all metadata, is a no."""
    text = output_of(done)
    if done.returncode != 1 or _SOLVERS_NO not in text:
        return fault(done, ClosureUndecidedError(text))
    if any(sign in " ".join(text.split()) for sign in _MISSING):
        return ClosureUndecidedError(_plain(text))
    return ClosureConflictError(_plain(text), requirements, scope)


def fault(done: Completed, otherwise: CkpmError | None = None) -> CkpmError:
    """Return what any failed call means: no network, or ``otherwise``."""
    text = output_of(done)
    if speaks_of_network(text):
        return UnreachableError("uv cannot read the Python index", tried=text.splitlines()[:1])
    return otherwise or CkpmError(f"uv failed: {text[-600:]}")


def speaks_of_network(text: str) -> bool:
    """Whether a failure is one of the network."""
    return any(sign in text.lower() for sign in _NETWORK)


def output_of(done: Completed) -> str:
    """Return what uv said."""
    return (done.stderr or done.stdout).strip()


def _plain(text: str) -> str:
    """Keep uv's explanation alone: no drawn lines, no prefixes, no headline, no flags of its."""
    text = _NO_WHEELS.sub(r"`\1` has source archives only, and ckpm installs wheels", text)
    lines = (
        re.sub(r"^[^A-Za-z0-9`]*(?:(?:error|cause): )?", "", line) for line in text.splitlines()
    )
    return "\n".join(line for line in lines if line and not line.startswith(_SOLVERS_NO))


def locked_distributions(pylock: str, indexes: Sequence[str]) -> tuple[Distribution, ...]:
    """Read a ``pylock.toml``; only an index among ``indexes`` is kept, as all others differ."""
    document = tomllib.loads(pylock)
    return tuple(
        Distribution(
            name=package["name"],
            version=package["version"],
            wheels=tuple(_wheel(wheel) for wheel in package.get("wheels", ())),
            index=package["index"] if package.get("index") in indexes else None,
        )
        for package in document.get("packages", ())
    )


def _wheel(entry: dict[str, object]) -> Wheel:
    hashes = entry["hashes"]
    size = entry.get("size")
    name = str(entry.get("name") or str(entry["url"]).rpartition("/")[2])
    sha256 = hashes["sha256"] if isinstance(hashes, dict) else ""
    return Wheel(name, size if isinstance(size, int) else None, sha256)
