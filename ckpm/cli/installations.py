"""Draw installations: tables in groups, explanations, and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename, dirname

from ckpm.cli.columns import table
from ckpm.detect import Journal, Sighting
from ckpm.model.detector import KINDS
from ckpm.model.environment import change_text
from ckpm.model.installation import Installation

HEADER = ("package", "version", "can", "where", "from")


def grouped(found: Sequence[Installation], kinds: Mapping[str, str], *, every: bool) -> str:
    """Return a table for each kind of package; unless ``every``, one line a package."""
    of_kind: dict[str, list[Installation]] = {}
    for each in found:
        of_kind.setdefault(kinds.get(each.package, "tool"), []).append(each)
    sections = [
        (title, list(_rows(of_kind[kind], every=every)))
        for kind, title in KINDS.items()
        if kind in of_kind
    ]
    # One width for all sections: eyes go down the columns.
    lines = table([row for _, rows in sections for row in rows], HEADER).splitlines()
    text = [lines.pop(0)]
    for title, rows in sections:
        text += ["", title, *lines[: len(rows)]]
        del lines[: len(rows)]
    return "\n".join(text)


def listed(found: Sequence[Installation]) -> str:
    """Return one table with every installation."""
    return table(_rows(found, every=True), HEADER)


def _rows(found: Sequence[Installation], *, every: bool) -> Iterator[tuple[str, ...]]:
    of_package: dict[str, list[Installation]] = {}
    for each in found:
        of_package.setdefault(each.package, []).append(each)
    for package, installations in of_package.items():
        shown = installations if every else installations[:1]
        more = [str(each.version) for each in installations[len(shown) :]]
        for each in shown:
            can = ",".join(each.abilities)
            yield (package, str(each.version), can, f"{_where(each)}{_rest(more)}", _from(each))


def _rest(versions: Sequence[str]) -> str:
    named = ", ".join(versions) if len(versions) < 4 else f"{len(versions)} more"
    return f"  (and {named})" if versions else ""


def _where(installation: Installation) -> str:
    return installation.executable if installation.python is None else f"in {installation.python}"


def _from(installation: Installation) -> str:
    return str(installation.owner) if installation.owner else ""


def explanation(package: str, journal: Journal, found: Iterable[Installation]) -> str:
    """Say where a package was looked for, and why each candidate was taken or left."""
    places = journal.searched.get(package, [])
    seen = [each for each in journal.sightings if each.package == package]
    lines = [f"{package}: looked for in {len(places)} places"]
    lines += [f"  {place}" for place in dict.fromkeys(places)]
    lines += [line for each in seen for line in _sighting(each)]
    if not seen:
        lines.append("nothing there looks like it")
    for each in found:
        lines.append(f"found   {each.version} at {each.prefix}: {', '.join(each.abilities)}")
        lines += [f"        from {each.owner}"] if each.owner else []
        lines += [f"        needs {', '.join(each.needs)}"] if each.needs else []
    return "\n".join(lines)


def _sighting(sighting: Sighting) -> tuple[str, str]:
    verdict = f"taken   {sighting.path}" if sighting.version else f"left    {sighting.path}"
    return verdict, f"        {sighting.reason}"


def by_directory(paths: Iterable[str]) -> str:
    """Return paths in few words: each directory with the names in it."""
    names: dict[str, list[str]] = {}
    for path in sorted(paths):
        names.setdefault(dirname(path), []).append(basename(path))
    return "; ".join(f"{directory}: {' '.join(known)}" for directory, known in names.items())


def document(installation: Installation) -> dict[str, object]:
    """Return everything about an installation, for programs."""
    owner = installation.owner
    return {
        "package": installation.package,
        "version": str(installation.version),
        "prefix": installation.prefix,
        "abilities": list(installation.abilities),
        "options": dict(installation.options),
        "evidence": list(installation.evidence),
        "python": installation.python,
        "owner": owner
        and {"manager": owner.manager, "package": owner.package, "version": owner.version},
        "environment": [change_text(change) for change in installation.environment],
        "needs": list(installation.needs),
        "origin": installation.origin,
    }


def outline(installation: Installation, *names: str) -> dict[str, object]:
    """Return these parts of the document, in this order."""
    whole = document(installation)
    return {name: whole[name] for name in names}


def sighting_document(sighting: Sighting) -> dict[str, object]:
    """Return one candidate and the verdict on it, for programs."""
    return {
        "package": sighting.package,
        "path": sighting.path,
        "taken": sighting.version is not None,
        "version": sighting.version,
        "reason": sighting.reason,
    }
