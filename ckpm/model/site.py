"""What a computing site installs beside the search path, and offers through modules."""

from __future__ import annotations

from dataclasses import dataclass

from ckpm.model.environment import EnvChange
from ckpm.model.owner import Owner


@dataclass(frozen=True)
class SitePackage:
    """One environment module, or one installation of Spack or EasyBuild.

    ``directories``, ``libraries`` and ``includes`` are its own, existing or not. ``environment`` is
    its difference and that of all it needs, in loading order, so that it works without being
    loaded; search paths of the module system itself are left out. ``needs`` are the full names of
    those modules (for Spack the hashes), the first to load first. ``origin`` is the file read.
    """

    owner: Owner
    prefix: str | None
    directories: tuple[str, ...]
    libraries: tuple[str, ...]
    includes: tuple[str, ...]
    environment: tuple[EnvChange, ...]
    needs: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class UnreadModule:
    """A module of which nothing is used, because part of it is not understood.

    ``reason`` is a clause that begins with file and line where there is one to blame.
    """

    name: str
    origin: str
    reason: str


@dataclass(frozen=True)
class Site:
    """All that a site offers, default versions first, and what could not be read."""

    packages: tuple[SitePackage, ...] = ()
    unread: tuple[UnreadModule, ...] = ()
