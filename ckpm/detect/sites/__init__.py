"""What a computing site offers beyond the search path: modules, Spack's installs, EasyBuild's."""

from __future__ import annotations

from collections.abc import Callable

from ckpm.model.site import Site, SitePackage, UnreadModule
from ckpm.system.host import Host

__all__ = ["site_packages"]


def site_packages(host: Host, report: Callable[[str], None]) -> Site:
    """Return modules, then EasyBuild's and Spack's installations, in an order that does not change.

    Module files are read, never run. One of which any part is not understood is left out whole, and
    told in ``unread``; ``report`` hears of each index that is broken.
    """
    from ckpm.detect.sites.easybuild import easybuild_roots, read_easybuild
    from ckpm.detect.sites.search_path import module_search_path
    from ckpm.detect.sites.spack import read_spack

    path = module_search_path(host)
    packages, unread = _modules(host, path, "module")
    for root in easybuild_roots(host):
        if f"{root}/modules/all" not in path:
            more, left = _modules(host, [f"{root}/modules/all"], "easybuild")
            packages, unread = [*packages, *more], [*unread, *left]
        packages += read_easybuild(host, root, {each.prefix for each in packages if each.prefix})
    spack, faults = read_spack(host)
    for fault in faults:
        report(fault)
    return Site((*packages, *spack), tuple(unread))


def _modules(
    host: Host, path: list[str], manager: str
) -> tuple[list[SitePackage], list[UnreadModule]]:
    """Most machines have no modules, and need no reader for them."""
    if not any(host.names(directory) for directory in path):
        return [], []
    from ckpm.detect.sites.modules import read_modules

    return read_modules(host, path, manager)
