"""Who installed what was found: a module, Spack, EasyBuild, or the system's package manager."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from posixpath import dirname

from ckpm.detect.journal import Journal
from ckpm.detect.patterns import is_version
from ckpm.detect.sites import site_packages
from ckpm.model.detector import Detector
from ckpm.model.environment import apply_changes
from ckpm.model.installation import Ability, Installation
from ckpm.model.site import Site, SitePackage
from ckpm.model.version import Version
from ckpm.system.host import Host


class SiteView:
    """What a computing site offers, looked up by where files lie."""

    def __init__(self, host: Host, site: Site) -> None:
        self.host = host
        self.packages = site.packages
        self.unread = site.unread
        self._of_directory: dict[str, SitePackage] = {}
        for package in site.packages:
            for directory in (*package.directories, *package.libraries):
                self._of_directory.setdefault(directory.rstrip("/"), package)

    @property
    def directories(self) -> list[str]:
        """The directories of programs, those of default versions first."""
        return [path for package in self.packages for path in package.directories]

    @property
    def libraries(self) -> list[str]:
        """The directories of libraries, in the same order."""
        return [path for package in self.packages for path in package.libraries]

    def package(self, path: str) -> SitePackage | None:
        """Return whose a file is, by its directory."""
        return self._of_directory.get(dirname(path)) if self._of_directory else None

    def variables(self, path: str) -> Mapping[str, str]:
        """Return the variables without which a program would not start."""
        package = self.package(path)
        if package is None or not package.environment:
            return {}
        return {
            name: value
            for name, value in apply_changes(
                package.environment, dict(self._known(package))
            ).items()
            if value != self.host.environ.get(name)
        }

    def _known(self, package: SitePackage) -> Iterator[tuple[str, str]]:
        for name in {change.name for change in package.environment}:
            if (value := self.host.environ.get(name)) is not None:
                yield name, value

    def attributed(self, installation: Installation) -> Installation:
        """Return the installation with the module that it comes by, if it does."""
        package = self.package(installation.evidence[0])
        if package is None:
            return installation
        environment, needs = package.environment, package.needs
        return replace(installation, owner=package.owner, environment=environment, needs=needs)

    def stated(
        self, detector: Detector, found: Sequence[Installation], journal: Journal
    ) -> Iterator[Installation]:
        """Yield a library of a module that no detector could tell more of, on the module's word.

        A program that is not found is not there.
        """
        known = {each.owner for each in found}
        names = {detector.package, *(name for _, name in detector.names)}
        for module in self.unread:
            if module.name.partition("/")[0].lower() in names:
                journal.left(detector.package, module.origin, module.reason)
                journal.warn(f"the module `{module.name}` is not understood: {module.reason}")
        for package in self.packages if detector.libraries and not detector.executables else ():
            if package.owner.package.lower() in names and package.owner not in known:
                yield from self._on_its_word(detector, package, journal)

    def _on_its_word(
        self, detector: Detector, package: SitePackage, journal: Journal
    ) -> Iterator[Installation]:
        version = package.owner.version.partition("/")[0].partition("-")[0]
        if not is_version(version):
            journal.left(detector.package, package.origin, f"{version!a:.40} is no version")
            return
        prefix = package.prefix or package.origin
        places: list[tuple[Ability, Sequence[str]]] = [
            ("link", package.libraries),
            ("develop", package.includes),
        ]
        able = tuple(name for name, paths in places if any(map(self.host.inspect, paths)))
        if not able:
            journal.left(detector.package, package.origin, "it has no libraries of its own")
            return
        journal.taken(detector.package, prefix, version, f"`{package.origin}` says so")
        yield Installation(
            detector.package,
            Version(version),
            prefix,
            (package.origin,),
            able,
            detector.options,
            origin=detector.origin,
            owner=package.owner,
            environment=package.environment,
            needs=package.needs,
        )


def site_of(host: Host, journal: Journal) -> SiteView:
    """Return what a machine's site offers."""
    view, warnings = _site(host)
    for text in warnings:
        journal.warn(text)
    return view


@lru_cache(maxsize=2)
def _site(host: Host) -> tuple[SiteView, tuple[str, ...]]:
    """Read once: many packages of one machine are asked for, one after the other."""
    warnings: list[str] = []
    site = site_packages(host, warnings.append)
    return SiteView(host, site), tuple(warnings)


def owned(
    host: Host, found: Iterable[Installation], cache: Path | None, journal: Journal
) -> Iterator[Installation]:
    """Yield installations with the package of the operating system that their files belong to."""
    from ckpm.detect.owners import OwnerCache, owners

    every = list(found)
    paths = [each.evidence[0] for each in every if each.owner is None]
    known = owners(host, paths, OwnerCache(cache), journal.warn)
    for each in every:
        owner = each.owner or known.get(each.evidence[0])
        yield replace(each, owner=owner) if owner is not each.owner else each
