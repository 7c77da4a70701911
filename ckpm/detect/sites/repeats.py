"""Entries that a search path gets twice: the module systems disagree on where they stand then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.loading import Loading, module_system
from ckpm.model.environment import AppendPath, EnvChange, PrependPath

_Entry = tuple[str, str]


class Repeats:
    """Which entries more than one change adds, over all modules."""

    def __init__(self, loadings: Collection[Loading], environ: Mapping[str, str]) -> None:
        segments = {each: None for loading in loadings for each in loading.segments}
        counts = Counter(
            entry
            for segment in segments
            for change in segment.changes
            if (entry := _entry(change)) is not None
        )
        self._repeated = {entry for entry, count in counts.items() if count > 1}
        self._segments = {
            segment
            for segment in segments
            if any(_entry(change) in self._repeated for change in segment.changes)
        }
        self._tool = module_system(environ)

    def settle(self, loading: Loading) -> tuple[EnvChange, ...]:
        """Return all changes so that they give what the machine's module system would.

        Lmod moves an entry to its newest place, as we do; Environment Modules lets it stand.

        Raises:
            NotUnderstoodError: when there are repeats and no telling which of both it is.
        """
        changes = tuple(loading.changes)
        if self._segments.isdisjoint(loading.segments):
            return changes
        first = tuple(_first_only(changes, self._repeated))
        if len(first) == len(changes) or self._tool == "lmod":
            return changes
        if any(module.is_lua for module in loading.modules):
            return changes
        if self._tool is None:
            raise NotUnderstoodError("a search path gets an entry twice, and its order is disputed")
        return first


def _entry(change: EnvChange) -> _Entry | None:
    if isinstance(change, PrependPath | AppendPath):
        return (change.name, change.value)
    return None


def _first_only(changes: Iterable[EnvChange], repeated: Collection[_Entry]) -> Iterable[EnvChange]:
    seen: set[_Entry] = set()
    for change in changes:
        entry = _entry(change)
        if entry is None or entry not in seen:
            yield change
        if entry is not None and entry in repeated:
            seen.add(entry)
