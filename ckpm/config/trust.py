"""Trust: which project content a person has consented to, by digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ckpm.errors import UntrustedError
from ckpm.system.files import write_text

CONTENT_DIR = ".ckpm"


def content_digest(project: Path) -> str:
    """Return the digest of everything in a project that could run: its file and its content."""
    digest = hashlib.sha256()
    files = [project / "ckpm.yaml", *sorted((project / CONTENT_DIR).rglob("*"))]
    for path in files:
        # What Python leaves beside a script that ran is nobody's statement.
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(project)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_trusted(project: Path, register: Path) -> bool:
    """Whether a person trusts the project as it is now."""
    return _read(register).get(str(project.resolve())) == content_digest(project)


def trust(project: Path, register: Path) -> None:
    """Record that a person trusts the project as it is now."""
    known = {**_read(register), str(project.resolve()): content_digest(project)}
    write_text(register, json.dumps(known, indent=1, sort_keys=True) + "\n")


def require_trust(project: Path, register: Path, what: str) -> None:
    """Make sure that a project may run something.

    Raises:
        UntrustedError: when nobody has consented to its content as it is now.
    """
    if not is_trusted(project, register):
        raise UntrustedError(
            f"the project at `{project}` is not trusted, and {what} runs what it says",
            hints=[f"read it, then: ckpm trust {project}"],
        )


def _read(register: Path) -> dict[str, str]:
    try:
        known = json.loads(register.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
