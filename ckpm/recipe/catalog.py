"""The catalog: every recipe on the search path, read only when asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypedDict

from ckpm.errors import CkpmError
from ckpm.model.recipe import Recipe
from ckpm.recipe.compiled import read_compiled, write_compiled
from ckpm.recipe.files import content_files
from ckpm.recipe.load import load_recipe


class Entry(TypedDict):
    """What the index keeps of one recipe."""

    file: str
    kind: str
    summary: str
    tags: list[str]
    provides: list[str]


@dataclass(frozen=True)
class Catalog:
    """Recipes by name; the first directory that has a name wins.

    ``own`` are packages that an environment file declares itself and come before all files.
    ``cache`` is where the compiled index is kept, under the fingerprint of the content.
    """

    directories: tuple[Path, ...]
    own: Mapping[str, Recipe]
    cache: Path | None = None

    def recipe(self, name: str) -> Recipe | None:
        """Return one recipe, or ``None`` where no file has that name."""
        if name in self.own:
            return self.own[name]
        if name not in self._loaded:
            path = next((p for d in self.directories if (p := d / f"{name}.yaml").is_file()), None)
            self._loaded[name] = load_recipe(path) if path else None
        return self._loaded[name]

    def providers(self, virtual: str) -> tuple[str, ...]:
        """Return the packages that may provide a virtual one, in stable order."""
        own = [r.name for r in self.own.values() if virtual in _provided(r)]
        return (*own, *(name for name, e in self.index.items() if virtual in e["provides"]))

    def similar(self, name: str) -> list[str]:
        """Return known names that look like this one, the nearest first."""
        known = [*self.own, *self.index]
        return difflib.get_close_matches(name, known, n=3, cutoff=0.6)

    def search(self, words: Iterable[str]) -> list[tuple[str, Entry]]:
        """Return the packages whose name, summary, kind or tags hold every word."""
        wanted = [word.lower() for word in words]
        return [
            (name, entry)
            for name, entry in self.index.items()
            if all(word in _text(name, entry) for word in wanted)
        ]

    @cached_property
    def index(self) -> dict[str, Entry]:
        """Every recipe of the search path, by name; read once for each state of the files."""
        files = list(self._files.values())
        if self.cache is not None and (kept := read_compiled(self.cache, files)) is not None:
            index: dict[str, Entry] = kept
            return index
        entries = {name: _entry(path) for name, path in self._files.items()}
        if self.cache is not None:
            write_compiled(self.cache, files, entries)
        return entries

    @cached_property
    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for directory in self.directories:
            for path in content_files(directory):
                found.setdefault(path.stem, path)
        return dict(sorted(found.items()))

    @cached_property
    def _loaded(self) -> dict[str, Recipe | None]:
        return {}


def _provided(recipe: Recipe) -> set[str]:
    names = {provided.name for provided in recipe.provides}
    return names | {provided.name for source in recipe.sources for provided in source.provides}


def _entry(path: Path) -> Entry:
    try:
        recipe = load_recipe(path)
    except CkpmError as error:
        # A broken recipe must not take the others down; asking for it by name says what is wrong.
        return Entry(file=str(path), kind="broken", summary=error.message, tags=[], provides=[])
    return Entry(
        file=str(path),
        kind=recipe.kind,
        summary=recipe.summary,
        tags=list(recipe.tags),
        provides=sorted(_provided(recipe)),
    )


def _text(name: str, entry: Entry) -> str:
    return " ".join(
        [name, entry["summary"], entry["kind"], *entry["tags"], *entry["provides"]]
    ).lower()
