"""What EasyBuild has installed, by the directory that it leaves in every installation."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ckpm.model.environment import PrependPath
from ckpm.model.owner import Owner
from ckpm.model.site import SitePackage
from ckpm.system.host import Host

_MARK = "easybuild"


def easybuild_roots(host: Host) -> list[str]:
    """Return the directories that hold ``software`` and ``modules``."""
    environ = host.environ
    home = environ.get("HOME")
    said = (environ.get("EASYBUILD_INSTALLPATH"), environ.get("EASYBUILD_PREFIX"))
    roots = [*said, f"{home}/.local/easybuild" if home else None]
    return list(dict.fromkeys(root.rstrip("/") for root in roots if root and root[:1] == "/"))


def read_easybuild(host: Host, root: str, known: Collection[str]) -> Iterator[SitePackage]:
    """Yield the installations below a root, except those whose prefix a module has told.

    Without its module only the programs' directory is known, not what else it would need.
    """
    for name in host.names(f"{root}/software"):
        for version in host.names(f"{root}/software/{name}"):
            prefix = f"{root}/software/{name}/{version}"
            names = host.names(prefix) if not version.startswith(".") else ()
            if prefix not in known and _MARK in names:
                yield _package(name, version, prefix, has_programs="bin" in names)


def _package(name: str, version: str, prefix: str, *, has_programs: bool) -> SitePackage:
    return SitePackage(
        Owner("easybuild", name, version),
        prefix,
        (f"{prefix}/bin",),
        (f"{prefix}/lib", f"{prefix}/lib64"),
        (f"{prefix}/include",),
        (PrependPath("PATH", f"{prefix}/bin"),) if has_programs else (),
        (),
        f"{prefix}/{_MARK}",
    )
