"""What the fast path must know to say of an install that it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ckpm.cli.fast import DONE, native_link, stamp
from ckpm.model.plan import PackageStep
from ckpm.model.request import Prepared
from ckpm.session import Session
from ckpm.system.files import point_link, write_text


def remember(
    session: Session,
    prepared: Prepared,
    generation: Path,
    *,
    target: str | None,
    packages: Sequence[str],
) -> None:
    """Keep what the fast path needs to know that installing ``packages`` for a target is done.

    ``target`` is the target as it was asked for, with its facts; ``None`` means this machine.
    """
    place = prepared.place
    if prepared.target.name == session.native.name:
        directory = session.store.environment(place.key)
        point_link(directory / native_link(), session.native.name)
    files = [place.file, place.lock, *_descriptions(session), *_made_of(prepared)]
    files += sorted((generation / "packages").glob("*"))
    done = {
        "name": place.name,
        "generation": str(generation),
        "target": target,
        "packages": list(packages),
        "files": {str(path): stamp(str(path)) for path in files},
    }
    write_text(generation.parent / DONE, json.dumps(done))


def _descriptions(session: Session) -> Iterator[Path]:
    """Yield the directories and files that say what packages, detectors and platforms there are."""
    for kind in ("recipes", "detectors"):
        for known in session.content.directories(kind):
            yield from (known, *sorted(known.glob("*.yaml")))
    platforms = session.settings.platforms
    yield from (platforms, *sorted(platforms.glob("*.json")))


def _made_of(prepared: Prepared) -> Iterator[Path]:
    """Yield what lies beside recipes and goes into their packages, and the compilers found here."""
    for step in prepared.plan.steps:
        if isinstance(step, PackageStep):
            if step.beside is not None:
                yield from (step.beside, *step.beside.rglob("*"))
            yield from (Path(used.executable) for used in step.toolchains if used.executable)
