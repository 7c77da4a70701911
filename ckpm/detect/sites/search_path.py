"""Where module files may lie."""

from __future__ import annotations

from collections.abc import Iterator

from ckpm.system.host import Host


def module_search_path(host: Host) -> list[str]:
    """Return the directories to start from: without ``MODULEPATH``, what a login shell would set.

    Those that modules which are loaded now have added are left out; they come back as theirs.
    """
    said = host.environ.get("MODULEPATH")
    entries = said.split(":") if said else [*_site_entries(host)]
    directories = list(dict.fromkeys(entry.rstrip("/") for entry in entries if entry[:1] == "/"))
    if not host.environ.get("_LMFILES_"):
        return directories
    from ckpm.detect.sites.modules import added_by_loaded

    added = added_by_loaded(host, directories)
    return [each for each in directories if each not in added] or directories


def _site_entries(host: Host) -> Iterator[str]:
    """Yield what the files say that Debian's, Fedora's and the makers' own packages install."""
    for name in ("LMOD_SITE_MODULEPATH", "MODULEPATH_ROOT", "LMOD_PKG", "MODULESHOME"):
        for entry in filter(None, host.environ.get(name, "").split(":")):
            is_home = name in ("LMOD_PKG", "MODULESHOME")
            yield from (f"{entry}/modulefiles", f"{entry}/modulefiles/Core") if is_home else [entry]
    for file in ("/etc/lmod/modulespath", "/etc/environment-modules/modulespath"):
        for line in host.read(file).decode("utf-8", "replace").splitlines():
            yield from line.partition("#")[0].strip().split(":")
