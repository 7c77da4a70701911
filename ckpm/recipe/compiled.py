"""Content that is read once for each state of its files: YAML costs a millisecond a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ckpm.model.detector import Detector, VersionProbe
from ckpm.model.layout import Amount, Layout
from ckpm.recipe.files import content_files
from ckpm.system.files import write_text


def stamp(files: Iterable[Path]) -> list[list[object]]:
    """Return what changes whenever one of the files does."""
    statuses = ((str(path), os.stat(path)) for path in files)  # noqa: PTH116 - for hundreds
    return [[path, status.st_mtime_ns, status.st_size] for path, status in statuses]


def read_compiled(cache: Path, files: Sequence[Path]) -> Any:
    """Return what was compiled from just these files, or ``None``."""
    try:
        document = json.loads(cache.read_text(encoding="utf-8"))
        return document["content"] if document["stamp"] == stamp(files) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_compiled(cache: Path, files: Sequence[Path], content: object) -> None:
    """Keep what was compiled from files."""
    write_text(cache, json.dumps({"stamp": stamp(files), "content": content}))


def compiled_detectors(directories: Iterable[Path], cache: Path) -> tuple[Detector, ...]:
    """Return every detector; the first directory that has a name wins."""
    found: dict[str, Path] = {}
    for directory in directories:
        for path in content_files(directory):
            found.setdefault(path.stem, path)
    files = list(found.values())
    kept = read_compiled(cache, files)
    if kept is not None:
        return tuple(_detector(fields) for fields in kept)
    from ckpm.recipe.load import load_detector

    detectors = tuple(load_detector(path) for path in files)
    write_compiled(cache, files, [asdict(detector) for detector in detectors])
    return detectors


def entry_point_values(group: str, cache: Path) -> list[str]:
    """Return what installed distributions offer to a group; read again when one comes or goes."""
    directories = [path for path in map(Path, filter(None, sys.path)) if path.is_dir()]
    kept: list[str] | None = read_compiled(cache, directories)
    if kept is not None:
        return kept
    # Reading the metadata of every distribution takes as long as many a command.
    from importlib.metadata import entry_points

    values = [point.value for point in entry_points(group=group)]
    write_compiled(cache, directories, values)
    return values


def _detector(fields: dict[str, Any]) -> Detector:
    lists = ("executables", "roots", "files", "libraries", "headers")
    texts = {name: tuple(fields[name]) for name in lists}
    made: dict[str, Any] = {"version": _version(fields["version"])}
    made |= {name: _pairs(fields[name]) for name in ("options", "names")}
    layouts = tuple(_layout(layout) for layout in fields["layouts"])
    return Detector(**{**fields, **texts, **made, "layouts": layouts})


def _layout(fields: dict[str, Any]) -> Layout:
    return Layout(
        files=tuple(fields["files"]),
        contains=_pairs(fields["contains"]),
        sizes=_amounts(fields["sizes"]),
        counts=_amounts(fields["counts"]),
        checksums=_pairs(fields["checksums"]),
        options=_pairs(fields["options"]),
        version=_version(fields["version"]) if fields["version"] else None,
    )


def _amounts(table: list[tuple[str, dict[str, Any]]]) -> tuple[tuple[str, Amount], ...]:
    return tuple((name, Amount(**amount)) for name, amount in table)


def _version(fields: dict[str, Any]) -> VersionProbe:
    args = None if fields["args"] is None else tuple(fields["args"])
    return VersionProbe(**{**fields, "args": args})


def _pairs(table: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in table)
