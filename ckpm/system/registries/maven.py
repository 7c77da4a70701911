"""Maven repositories: addresses by layout, mirrors from settings, digests beside files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ckpm.model.recipe import Digest
from ckpm.system.http import read_text

_MIRROR = re.compile(r"<mirror>(.*?)</mirror>", re.DOTALL)
_FIELD = re.compile(r"<(mirrorOf|url)>\s*(.*?)\s*</\1>", re.DOTALL)
_HEX = re.compile(r"\b([0-9a-f]{40})\b")


def artifact_url(repository: str, artifact: str, version: str) -> str:
    """Return where ``group:name[:packaging]`` lies in a repository's layout."""
    group, name, *packaging = artifact.split(":")
    suffix = packaging[0] if packaging else "jar"
    base = repository.rstrip("/")
    return f"{base}/{group.replace('.', '/')}/{name}/{version}/{name}-{version}.{suffix}"


def configured_repository(stated: str, environ: Mapping[str, str]) -> str:
    """Return the mirror that ``~/.m2/settings.xml`` sets for central, else ``stated``."""
    home = Path(environ.get("HOME") or Path.home())
    try:
        text = (home / ".m2" / "settings.xml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return stated
    for mirror in _MIRROR.findall(text):
        fields = dict(_FIELD.findall(mirror))
        if {"*", "central", "external:*"} & set(fields.get("mirrorOf", "").split(",")):
            return str(fields.get("url", stated))
    return stated


def published_digest(url: str) -> Digest | None:
    """Read the sha1 that a repository keeps beside each file; weak, and so counted with the size.

    Raises:
        UnreachableError, DownloadError: when it cannot be had.
    """
    found = _HEX.search(read_text(f"{url}.sha1").lower())
    return Digest("sha1", found[1]) if found else None
