"""Keys: the hash of a step's canonical form names its result."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path


def input_key(parts: Mapping[str, object]) -> str:
    """Return the first 32 hexadecimal digits of the sha256 of the canonical JSON of ``parts``."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def tree_digest(directory: Path) -> str:
    """Return a digest of a tree: paths, contents, executable bits and link targets."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if "__pycache__" in path.relative_to(directory).parts:
            continue
        digest.update(os.fsencode(path.relative_to(directory)) + b"\0")
        if path.is_symlink():
            digest.update(b"link " + os.fsencode(path.readlink()) + b"\0")
        elif path.is_file():
            mode = "x" if path.stat().st_mode & 0o100 else "-"
            digest.update(f"file {mode} {file_digest(path)}\0".encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
