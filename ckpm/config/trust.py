"""Trust: what a person has consented to, kept in a file beside that person's settings.

A project is trusted as it is, file by file (see ``files_that_run``), or with whatever it will hold.
An entry of a lock is known by its digest when it was made here, or came with a project that was
trusted then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ckpm.config.project_files import files_that_run
from ckpm.errors import ContentError, UntrustedError
from ckpm.schema.lock_text import entry_digest
from ckpm.system.files import write_text

if TYPE_CHECKING:
    from ckpm.model.lock import LockedTarget
    from ckpm.model.request import Place, Prepared

EDITS = {"": "edits"}
"""Stands for whatever a project will hold; no file has that name."""


@dataclass(frozen=True)
class Trust:
    """One person's consents, in the file ``register``; what lies ``apart`` is ckpm's own."""

    register: Path
    apart: tuple[Path, ...] = ()

    def covers(self, project: Path) -> bool:
        """Whether a person trusts the project as it is now."""
        known = self._of(project)
        return known == EDITS or bool(known and not self._changes(project))

    def knows(self, place: Place, entry: LockedTarget) -> bool:
        """Whether an entry of a place's lock was made here, or trusted.

        Nobody else writes the locks that lie in the store.
        """
        return bool(self.known(place, [entry]))

    def known(self, place: Place, entries: Sequence[LockedTarget]) -> list[LockedTarget]:
        """Return the entries of a place's lock that ``knows`` knows; its project is read once."""
        if place.project is None or not place.is_project:
            return list(entries)
        made = self._whole()
        here = [entry for entry in entries if entry_digest(entry) in made]
        return list(entries) if here != [*entries] and self.covers(place.project) else here

    def give(
        self, project: Path, *, edits: bool = False, entries: Iterable[LockedTarget] = ()
    ) -> None:
        """Trust a project as it is now, or (``edits``) whatever it will hold.

        ``entries`` are what its locks hold.
        """
        files = "edits" if edits else files_that_run(project, self.apart)
        self._write({str(project.resolve()): files, **_digests(entries)})

    @contextmanager
    def kept(self, place: Place, entry: LockedTarget | None = None) -> Iterator[None]:
        """Keep a person's trust through an edit of our own, which may write a lock's ``entry``."""
        project = place.project
        renewed = project is not None and self._of(project) != EDITS and self.covers(project)
        yield
        entries = [entry] if entry and place.is_project else []
        if renewed and project is not None:
            self.give(project, entries=entries)
        else:
            self._write(_digests(entries))

    def take(self, place: Place, output: Path) -> None:
        """Take what a trusted run left in its directory of results for a part of the project."""
        project = place.project
        if project is None or not output.resolve().is_relative_to(project.resolve()):
            return
        known, now = self._of(project), files_that_run(project, self.apart)
        below = f"{output.resolve().relative_to(project.resolve()).as_posix()}/"
        if known and known != EDITS:
            kept = {name: digest for name, digest in known.items() if not name.startswith(below)}
            left = {name: digest for name, digest in now.items() if name.startswith(below)}
            self._write({str(project.resolve()): {**kept, **left}})

    def require(self, project: Path, what: str) -> None:
        """Make sure that a project may run something.

        Raises:
            UntrustedError: when nobody has consented to its content as it is now.
        """
        if self.covers(project):
            return
        hints = [f"read it, then: ckpm trust {project}"]
        if self._of(project):
            changes = self._changes(project)
            hints.insert(0, f"since you trusted it, this changed: {_listed(changes)}")
            hints.append(f"to trust whatever you make of it: ckpm trust --edits {project}")
        message = f"the project at `{project}` is not trusted, and {what} runs what it says"
        raise UntrustedError(message, hints=hints)

    def require_for(self, prepared: Prepared, also: Path | None) -> None:
        """Make sure that a person agrees to what a plan does beyond filling the store.

        A project is asked about whose recipes have a part in that, the environment's own or
        ``also``; and a project's lock that is used as it is, unless this person made it.

        Raises:
            UntrustedError: before anything has run.
        """
        place, privileges = prepared.place, prepared.plan.privileges
        if also is not None and place.is_ready and place.project is None:
            self._require_recipes(also, prepared)
        own = {also, place.project}
        for project, privilege in product(filter(None, own), privileges):
            if _has_part(project, privilege.directories):
                self.require(project, f"installing this (`{privilege.package}` {privilege.what})")
        does = [f"`{each.package}` {each.what}" for each in privileges if each.is_locked]
        if does and prepared.resolution is None and not self.knows(place, prepared.locked):
            raise UntrustedError(
                f"the lock in `{place.project}` was not made here: {_listed(does)}",
                hints=[
                    f"read it, then: ckpm trust {place.project}",
                    "or choose anew, here: `ckpm lock`",
                ],
            )

    def _require_recipes(self, project: Path, prepared: Prepared) -> None:
        """Make sure that a project may put its recipes into an environment of all projects."""
        for package, directory in prepared.plan.recipes:
            if _has_part(project, [directory]):
                self.require(project, f"`{prepared.place.name}` with its recipe of `{package}`")

    def _changes(self, project: Path) -> list[str]:
        """Return the files that are not what a person consented to, sorted."""
        known = self._of(project)
        now = files_that_run(project, self.apart)
        changed = {name for name, digest in known.items() if now.get(name) != digest}
        return sorted(changed | (now.keys() - known.keys()))

    def _of(self, project: Path) -> dict[str, str]:
        """Return the files that a person consented to, ``EDITS`` for whatever there will be."""
        entry = self._whole().get(str(project.resolve()))
        return entry if isinstance(entry, dict) else EDITS if entry == "edits" else {}

    def _whole(self) -> dict[str, Any]:
        try:
            known = json.loads(self.register.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise self._unreadable(str(error)) from error
        if not isinstance(known, dict):
            raise self._unreadable("it is no object")
        return known

    def _unreadable(self, why: str) -> ContentError:
        fault = f"{self.register}:1: it is not what ckpm writes ({why:.80}): mend or remove it"
        return ContentError([fault])

    def _write(self, entries: Mapping[str, object]) -> None:
        if not entries:
            return
        from filelock import FileLock

        self.register.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.register.with_name(f".{self.register.name}.lock")):
            known = {**self._whole(), **entries}
            write_text(self.register, json.dumps(known, indent=1, sort_keys=True) + "\n")


def _has_part(project: Path, recipes: Iterable[str]) -> bool:
    """Whether one of some recipes' directories is a project's, wherever links lead from there."""
    roots = (project.absolute(), project.resolve())
    directories = [Path(os.path.abspath(each)) for each in recipes]  # noqa: PTH100
    places = [*directories, *(directory.resolve() for directory in directories)]
    return any(place.is_relative_to(root) for place, root in product(places, roots))


def _digests(entries: Iterable[LockedTarget]) -> dict[str, object]:
    return {entry_digest(entry): True for entry in entries}


def _listed(texts: Sequence[str], most: int = 4) -> str:
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more
