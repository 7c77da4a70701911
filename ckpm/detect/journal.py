"""What a scan saw on its way: warnings for people, and why each candidate was taken or left."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One candidate for a package: a path, and why it counts (with its version) or does not."""

    package: str
    path: str
    reason: str
    version: str | None = None


class Journal:
    """Warnings go to ``warn``, each once; sightings are kept for the packages in ``explained``.

    ``searched`` maps each of those packages to the places that were looked into, in order, and
    ``ran`` lists the programs that were started. ``progress`` is told how many of how many have
    answered.
    """

    def __init__(
        self,
        warn: Report | None = None,
        explained: Collection[str] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.progress = progress
        self.sightings: list[Sighting] = []
        self.searched: dict[str, list[str]] = {}
        self.ran: list[str] = []
        self._warn = warn
        self._explained = explained
        self._said: set[str] = set()

    def warn(self, text: str) -> None:
        """Tell people; several detectors may stumble over one file."""
        if self._warn is not None and text not in self._said:
            self._said.add(text)
            self._warn(text)

    def left(self, package: str, path: str, reason: str) -> None:
        """Note why a candidate is no installation."""
        self._note(Sighting(package, path, reason))

    def taken(self, package: str, path: str, version: str, reason: str) -> None:
        """Note what proves an installation."""
        self._note(Sighting(package, path, reason, version))

    def looked(self, package: str, places: Collection[str]) -> None:
        """Note where a package was looked for."""
        if package in self._explained:
            self.searched.setdefault(package, []).extend(places)

    def _note(self, sighting: Sighting) -> None:
        if sighting.package in self._explained and sighting not in self.sightings:
            self.sightings.append(sighting)
