"""Package managers that give each version of a package a directory: Homebrew, Nix, Guix, snap."""

from __future__ import annotations

import re

from ckpm.model.owner import Owner
from ckpm.system.host import Host

# Few machines have any of these; patterns as texts are compiled when they are needed.
_KEG = r"(?P<keg>/.*/Cellar/(?P<name>[^/]+)/(?P<version>[^/]+))(?:/|$)"
# A version begins behind the first dash that no letter follows; the name of an output may follow.
_STORE = (
    r"/(?P<store>nix|gnu)/store/[0-9a-z]{32}-"
    r"(?P<name>[^/]+?)-(?P<version>[^a-zA-Z/][^/]*?)"
    r"(?:-(?:bin|debug|dev|doc|info|lib|man|out|static))?(?:/|$)"
)
_SNAP = r"(?P<snap>/(?:var/lib/snapd/)?snap/(?P<name>[^/]+)/[^/]+)(?:/|$)"
_SNAP_VERSION = r"""(?m)^version:\s*["']?([^\s"']+)"""


def owner_by_layout(host: Host, real_path: str) -> Owner | None:
    """Return the owner that a file's place tells of."""
    if "/Cellar/" in real_path:
        return _keg(host, real_path)
    if real_path.startswith(("/nix/store/", "/gnu/store/")):
        return _store(real_path)
    return _snap(host, real_path) if "/snap/" in real_path else None


def _keg(host: Host, path: str) -> Owner | None:
    found = re.match(_KEG, path)
    if found is None or not host.inspect(f"{found['keg']}/INSTALL_RECEIPT.json"):
        return None
    return Owner("brew", found["name"], found["version"])


def _store(path: str) -> Owner | None:
    found = re.match(_STORE, path)
    if found is None:
        return None
    manager = {"nix": "nix", "gnu": "guix"}[found["store"]]
    return Owner(manager, found["name"], found["version"])


def _snap(host: Host, path: str) -> Owner | None:
    found = re.match(_SNAP, path)
    if found is None:
        return None
    about = host.read(f"{found['snap']}/meta/snap.yaml").decode("utf-8", "replace")
    version = re.search(_SNAP_VERSION, about)
    return Owner("snap", found["name"], version[1]) if version else None
