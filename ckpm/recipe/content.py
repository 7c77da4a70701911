"""The search path of content: project, user, plugins, bundled; the first file of a name wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm._content import bundled_dir
from ckpm.config.places import PROJECT_FILE, find_project
from ckpm.config.project_files import CONTENT_DIR
from ckpm.config.registered import read_registered
from ckpm.config.settings import Settings
from ckpm.config.trust import Trust
from ckpm.errors import UsageError
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.recipe.compiled import compiled_detectors, entry_point_values
from ckpm.recipe.files import content_files

if TYPE_CHECKING:
    from ckpm.model.recipe import Recipe
    from ckpm.recipe.catalog import Catalog

PLUGIN_GROUP = "ckpm.content"


@dataclass(frozen=True)
class Content:
    """Everything that is read from content directories.

    ``extra`` directories come first; ``remark`` is told what a person should know.
    """

    settings: Settings
    extra: tuple[Path, ...] = ()
    remark: Callable[[str], None] = lambda _: None

    @cached_property
    def project(self) -> Path | None:
        """The directory of the project that we are in."""
        file = find_project(Path.cwd())
        return file.parent if file else None

    @property
    def trust(self) -> Trust:
        """What a person has consented to."""
        settings = self.settings
        return Trust(settings.trusted, (settings.store, settings.cache, settings.user))

    def catalog(self, own: Sequence[Recipe] = ()) -> Catalog:
        """Return every recipe on the search path, those of an environment file first."""
        from ckpm.recipe.catalog import Catalog

        self._check_shadows("recipes")
        cache = self.settings.cache / "content" / "index.json"
        return Catalog(self.directories("recipes"), {recipe.name: recipe for recipe in own}, cache)

    def recipes(self, names: Iterable[str], own: Sequence[Recipe] = ()) -> dict[str, Recipe]:
        """Return the recipes of some packages by name; those that have none are left out."""
        catalog = self.catalog(own)
        found = ((name, catalog.recipe(name)) for name in dict.fromkeys(names))
        return {name: recipe for name, recipe in found if recipe is not None}

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """Every detector on the search path."""
        # Detectors run programs, so a project's count only once it is trusted.
        directories = self.directories("detectors", with_project=self._may_detect)
        return compiled_detectors(directories, self.settings.cache / "content" / "detectors.json")

    @property
    def _may_detect(self) -> bool:
        if self.project is None or not (self.project / CONTENT_DIR / "detectors").exists():
            return True
        return self.trust.covers(self.project)

    @cached_property
    def registered(self) -> tuple[Installation, ...]:
        """What a person registered for this machine."""
        return read_registered(self.settings.registered)

    @cached_property
    def detectable(self) -> frozenset[str]:
        """The packages that can be found on this machine, by a detector or a person's word."""
        found = (detector.package for detector in self.detectors)
        return frozenset((*found, *(each.package for each in self.registered)))

    @property
    def ready_environments(self) -> list[Path]:
        """The environment files that a name can mean."""
        self._check_shadows("envs")
        return [path for directory in self.directories("envs") for path in content_files(directory)]

    def directories(self, kind: str, *, with_project: bool = True) -> tuple[Path, ...]:
        """Return the existing directories of one kind of content, in order."""
        project = [self.project / CONTENT_DIR] if self.project and with_project else []
        places = [*self.extra, *project, self.settings.user, *self._plugins]
        found = (place / kind for place in places)
        return (*(path for path in found if path.is_dir()), bundled_dir(kind))

    @cached_property
    def _plugins(self) -> tuple[Path, ...]:
        """Directories that installed distributions offer: an entry point loads to a path."""
        values = entry_point_values(PLUGIN_GROUP, self.settings.cache / "content" / "plugins.json")
        if not values:
            return ()
        from importlib.metadata import EntryPoint

        points = (EntryPoint("", value, PLUGIN_GROUP) for value in values)
        return tuple(Path(str(point.load())) for point in points)

    def _check_shadows(self, kind: str) -> None:
        """Make sure that a project replaces bundled content only on purpose."""
        if self.project is None:
            return
        own = {path.stem for path in content_files(self.project / CONTENT_DIR / kind)}
        from ckpm.recipe.load import load_environment

        shadowed = own & {path.stem for path in content_files(bundled_dir(kind))}
        declared = load_environment(self.project / PROJECT_FILE).shadows if shadowed else ()
        noun = kind.removesuffix("s").replace("env", "environment")
        if hidden := sorted(shadowed - set(declared)):
            raise UsageError(
                f"this project's {noun} of `{hidden[0]}` would replace the bundled one",
                hints=[f"if that is meant, say so in {PROJECT_FILE}: `shadows: [{hidden[0]}]`"],
            )
        for name in sorted(shadowed):
            self.remark(f"`{name}` is this project's own {noun}")
