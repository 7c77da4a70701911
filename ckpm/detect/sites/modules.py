"""Environment modules as packages, over all directories that can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename, dirname

from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.loading import Loader, Loading
from ckpm.detect.sites.repeats import Repeats
from ckpm.detect.sites.tree import ModuleFile
from ckpm.model.environment import EnvChange, SetVar, UnsetVar
from ckpm.model.owner import Owner
from ckpm.model.site import SitePackage, UnreadModule
from ckpm.system.host import Host

_LIBRARIES = ("LD_LIBRARY_PATH", "LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LD_RUN_PATH")
_INCLUDES = ("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "INCLUDE")
_ROOTS = ("ROOT", "HOME", "DIR", "PREFIX", "BASE", "PATH")
_PARTS = ("bin", "sbin", "lib", "lib64", "include", "share", "man", "pkgconfig")


def added_by_loaded(host: Host, directories: Sequence[str]) -> set[str]:
    """Return the directories that the modules which are loaded now have put on the path."""
    files = host.environ.get("_LMFILES_", "").split(":")
    loader = Loader(host, directories)
    added: set[str] = set()
    for directory in directories:
        for module in loader.catalogue.tree(directory).modules.values():
            if module.file in files:
                added.update(_uses(loader, module, directory))
    return added


def _uses(loader: Loader, module: ModuleFile, directory: str) -> list[str]:
    try:
        return loader.load(module, directory).steps.uses
    except NotUnderstoodError:
        return []


def read_modules(
    host: Host, path: Sequence[str], manager: str = "module"
) -> tuple[list[SitePackage], list[UnreadModule]]:
    """Return every module that can be loaded, directory by directory, and those left out."""
    loader = Loader(host, path)
    packages: list[SitePackage] = []
    loadings, unread = _load_all(loader, list(path))
    repeats = Repeats(loadings, host.environ)
    for loading in loadings:
        try:
            changes = repeats.settle(loading)
        except NotUnderstoodError as error:
            unread.append(_unread(loading.module, error))
        else:
            if not loading.module.is_hidden:
                packages.append(_package(loading, changes, manager))
    if loader.catalogue.budget.is_spent:
        unread.append(UnreadModule("", path[0], "there are too many modules to read all"))
    return packages, unread


def _load_all(loader: Loader, path: list[str]) -> tuple[list[Loading], list[UnreadModule]]:
    loadings: list[Loading] = []
    unread: list[UnreadModule] = []
    for directory in path:
        for module in loader.catalogue.tree(directory).modules.values():
            try:
                loading = loader.load(module, directory)
            except NotUnderstoodError as error:
                unread.append(_unread(module, error))
                continue
            loadings.append(loading)
            # The loop goes on with what is added to its list.
            path += [each for each in loading.steps.uses if each not in path]
    return loadings, unread


def _unread(module: ModuleFile, error: NotUnderstoodError) -> UnreadModule:
    return UnreadModule(module.name, module.file, error.construct)


def _package(loading: Loading, changes: tuple[EnvChange, ...], manager: str) -> SitePackage:
    module = loading.module
    own = [change for each in loading.segments if each.module is module for change in each.changes]
    prefix = _prefix(module, own)
    below = [prefix] if prefix else []
    return SitePackage(
        Owner(manager, module.package, module.version),
        prefix,
        _entries(own, ["PATH"]),
        _entries(own, _LIBRARIES, [f"{each}/{lib}" for each in below for lib in ("lib", "lib64")]),
        _entries(own, _INCLUDES, [f"{each}/include" for each in below]),
        changes,
        tuple(each.name for each in loading.modules if each is not module),
        module.file,
    )


def _entries(
    changes: Sequence[EnvChange], names: Sequence[str], more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the entries of these search paths, the one that comes first at the front."""
    found: list[str] = []
    for change in changes:
        if change.name not in names or isinstance(change, UnsetVar):
            continue
        if change.value.startswith("/"):
            found.append(change.value)
    return tuple(dict.fromkeys((*found, *more)))


def _prefix(module: ModuleFile, changes: Sequence[EnvChange]) -> str | None:
    """Return the directory that a variable names after the package, or that all paths lie in."""
    name = basename(module.package).upper()
    plain = "".join(letter for letter in name if letter.isalnum())
    wanted = {f"EBROOT{plain}", *(f"{plain}{part}" for part in _ROOTS)}
    roots = [
        change.value
        for change in changes
        if isinstance(change, SetVar) and change.name.replace("_", "") in wanted
    ]
    tops = [_top(change.value) for change in changes if not isinstance(change, SetVar | UnsetVar)]
    candidates = {each for each in (roots or tops) if each and each.startswith("/") and each != "/"}
    return candidates.pop() if len(candidates) == 1 else None


def _top(path: str) -> str | None:
    """Return what lies above ``bin``, ``lib/pkgconfig`` and the like."""
    if basename(path) not in _PARTS:
        return None
    while basename(path) in _PARTS:
        path = dirname(path)
    return path
