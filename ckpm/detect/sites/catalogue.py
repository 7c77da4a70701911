"""The directories of modules that are known, what adds each, and how a name is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.tree import Budget, ModuleFile, Tree
from ckpm.detect.sites.versions import surely_outranks
from ckpm.model.environment import apply_changes
from ckpm.system.host import Host

if TYPE_CHECKING:
    from ckpm.detect.sites.loading import Loading


class Catalogue:
    """The directories to start from, and those that modules add."""

    def __init__(self, host: Host, path: Sequence[str]) -> None:
        self.host = host
        self.path = tuple(path)
        self.budget = Budget()
        self._trees: dict[str, Tree] = {}
        self._adders: dict[str, Loading | None] = dict.fromkeys(path)
        self._environs: dict[str, Mapping[str, str]] = dict.fromkeys(path, host.environ)

    def tree(self, directory: str) -> Tree:
        if directory not in self._adders:
            raise NotUnderstoodError(f"it loads from `{directory}`, which it adds itself")
        if directory not in self._trees:
            self._trees[directory] = Tree(self.host, directory, self.budget)
        return self._trees[directory]

    def add(self, directory: str, adder: Loading) -> None:
        """Note what adds a directory; only the first counts."""
        self._adders.setdefault(directory, adder)

    def adder(self, directory: str) -> Loading | None:
        return self._adders[directory]

    def environ(self, directory: str) -> Mapping[str, str]:
        """Return the variables that a module of this directory is loaded with."""
        if directory not in self._environs:
            adder = self._adders[directory]
            changes = adder.changes if adder else ()
            self._environs[directory] = apply_changes(changes, self.host.environ)
        return self._environs[directory]

    def find(self, name: str, path: Sequence[str]) -> tuple[ModuleFile, str] | None:
        """Return the module of a full name, or the version to take of a package's name.

        Raises:
            NotUnderstoodError: when the module systems would take different ones.
        """
        for place, directory in enumerate(path):
            tree = self.tree(directory)
            if name in tree.modules:
                return tree.modules[name], directory
            if tree.versions(name):
                return self._chosen(tree, name, path[place + 1 :]), directory
        return None

    def _chosen(self, tree: Tree, name: str, others: Sequence[str]) -> ModuleFile:
        """One module system takes the first directory, another the highest version of all."""
        best, *rest = tree.versions(name)
        if name in tree.doubtful:
            raise NotUnderstoodError(f"the default of `{name}` is not known: {tree.doubtful[name]}")
        if not tree.is_default(best):
            if not all(surely_outranks(best.version, each.version) for each in rest):
                raise NotUnderstoodError(f"which version of `{name}` is the highest is disputed")
            rivals = [each for other in others for each in self.tree(other).versions(name)]
            if any(each.name != best.name for each in rivals):
                raise NotUnderstoodError(f"`{name}` has versions in several directories")
        return best
