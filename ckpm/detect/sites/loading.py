"""What loading a module comes to: its own effects after those of all it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckpm.detect.sites.catalogue import Catalogue
from ckpm.detect.sites.effects import Load, NotUnderstoodError, Surroundings, Use
from ckpm.detect.sites.harmony import check_harmony
from ckpm.detect.sites.steps import Segment, Steps, read_steps
from ckpm.detect.sites.tree import ModuleFile
from ckpm.model.environment import EnvChange, UnsetVar
from ckpm.system.host import Host

_MAX_DEPTH = 60
_MAX_LOADINGS = 20_000
_Path = tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Loading:
    """A module with all it needs: the segments in order, and where modules are found afterwards.

    ``adder`` adds the directory in which it lies. ``members`` are all that is loaded, by file, this
    one the last; ``loaded`` is what its own file loads, and whether again if need be. One that is
    delicate does not go with everything, or depends on what was loaded before.
    """

    module: ModuleFile
    adder: Loading | None
    steps: Steps
    segments: dict[Segment, None]
    path: _Path
    members: dict[str, Loading]
    loaded: tuple[tuple[str, bool], ...]
    is_delicate: bool

    @property
    def modules(self) -> list[ModuleFile]:
        return [each.module for each in self.members.values()]

    @property
    def changes(self) -> Iterator[EnvChange]:
        return (change for segment in self.segments for change in segment.changes)


def module_system(environ: Mapping[str, str]) -> str | None:
    """Return ``lmod`` or ``modules`` (Environment Modules from version 4), or ``None``."""
    if any(name in environ for name in ("LMOD_CMD", "LMOD_PKG", "LMOD_VERSION")):
        return "lmod"
    return "modules" if "MODULES_CMD" in environ else None


class Loader:
    """Loads modules of the directories that are known, and of those that they add to them.

    What a module needs is looked for where its loader looks: the same name may mean another file
    below a compiler than outside of it.
    """

    def __init__(self, host: Host, path: Sequence[str]) -> None:
        self.host = host
        self.tool = module_system(host.environ)
        self.catalogue = Catalogue(host, path)
        self._steps: dict[str, Steps] = {}
        self._loadings: dict[tuple[str, _Path], Loading | NotUnderstoodError] = {}
        self._open: list[str] = []

    def load(self, module: ModuleFile, directory: str, path: _Path | None = None) -> Loading:
        """Return what loading a module of this directory comes to, with needs found on the path.

        Raises:
            NotUnderstoodError: when it, or one that it needs, is not understood.
        """
        adder = self.catalogue.adder(directory)
        path = path or (adder.path if adder else self.catalogue.path)
        known = self._loadings.get((module.file, path))
        if known is None:
            known = self._guarded(module, directory, path)
            self._loadings[module.file, path] = known
        if isinstance(known, NotUnderstoodError):
            raise known
        return known

    def _guarded(
        self, module: ModuleFile, directory: str, path: _Path
    ) -> Loading | NotUnderstoodError:
        if module.file in self._open:
            return NotUnderstoodError(f"`{module.name}` needs itself")
        if len(self._open) >= _MAX_DEPTH or len(self._loadings) >= _MAX_LOADINGS:
            return NotUnderstoodError("too many modules need each other")
        self._open.append(module.file)
        try:
            loading = self._loaded(module, directory, path)
        except NotUnderstoodError as error:
            return error
        finally:
            self._open.pop()
        for used in loading.steps.uses:
            self.catalogue.add(used, loading)
        return loading

    def _loaded(self, module: ModuleFile, directory: str, path: _Path) -> Loading:
        steps = self._read(module, directory)
        run = _Run(self, module, self.catalogue.adder(directory), path)
        for load in steps.effects.before:
            run.load(load)
        for step in steps.steps:
            match step:
                case Load():
                    run.load(step)
                case Use(place, at_end):
                    run.use(place, at_end=at_end)
                case Segment():
                    run.segments[step] = None
        return run.finish(steps)

    def _read(self, module: ModuleFile, directory: str) -> Steps:
        known = self._steps.get(module.file)
        if known is not None:
            return known
        adder = self.catalogue.adder(directory)
        around = Surroundings(
            self.host,
            module.file,
            module.package,
            module.version,
            self.catalogue.environ(directory),
            [each.name for each in adder.modules] if adder else (),
        )
        steps = self._steps[module.file] = read_steps(module, around)
        if steps.effects.read and adder and steps.effects.read & _taken_away(adder):
            raise NotUnderstoodError("it reads a variable that another module has taken away")
        return steps


def _taken_away(loading: Loading) -> set[str]:
    return {change.name for change in loading.changes if isinstance(change, UnsetVar)}


class _Run:
    """One loading while it goes on."""

    def __init__(
        self, loader: Loader, module: ModuleFile, adder: Loading | None, path: _Path
    ) -> None:
        self.loader = loader
        self.module = module
        self.adder = adder
        self.path = path
        self.segments = dict(adder.segments) if adder else {}
        self.members = dict(adder.members) if adder else {}
        self.loaded: list[tuple[str, bool]] = []

    def load(self, load: Load) -> None:
        find = self.loader.catalogue.find
        found = [place for name in load.names if (place := find(name, self.path))]
        if not found:
            raise NotUnderstoodError(f"it needs `{load.names[0]}`, which is not offered")
        needed = self._needed(*found[0])
        self.loaded.append((needed.module.file, not load.unless_loaded))
        self.segments |= needed.segments
        self.members |= needed.members
        self.path = tuple(dict.fromkeys((*needed.path, *self.path)))

    def _needed(self, module: ModuleFile, directory: str) -> Loading:
        try:
            needed = self.loader.load(module, directory, self.path)
        except NotUnderstoodError as error:
            raise NotUnderstoodError(f"it needs `{module.name}`: {error.construct}") from None
        has_changed = any(each.module is self.module and each.changes for each in self.segments)
        if has_changed and any(each.steps.effects.before for each in needed.members.values()):
            raise NotUnderstoodError(f"it makes changes before `{module.name}` is prepared")
        return needed

    def use(self, directory: str, *, at_end: bool) -> None:
        others = tuple(each for each in self.path if each != directory)
        self.path = (*others, directory) if at_end else (directory, *others)

    def finish(self, steps: Steps) -> Loading:
        loading = Loading(
            self.module,
            self.adder,
            steps,
            self.segments,
            self.path,
            self.members,
            tuple(self.loaded),
            self._is_delicate(steps),
        )
        self.members[self.module.file] = loading
        check_harmony(loading, reloads=self.loader.tool != "modules")
        return loading

    def _is_delicate(self, steps: Steps) -> bool:
        effects = steps.effects
        foreign = any(name != self.module.package for name in effects.conflicts)
        again = any(again for _, again in self.loaded)
        return bool(effects.read or effects.asked or effects.families or foreign or again)
