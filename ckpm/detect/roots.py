"""The directories that detectors name: variables, homes, stars, and the places people keep data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ckpm.detect.conventions import PLACES, snapshots
from ckpm.detect.paths import absolute_path, path_list
from ckpm.detect.patterns import starred
from ckpm.detect.windows import registry_path
from ckpm.system.host import Host

_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")
# Of the variables for data, only ckpm's own may hold several directories.
_LIST = "$CKPM_DATA"
_REGISTRY = "registry:"


def expand_roots(
    host: Host, roots: Iterable[str], sets: dict[str, list[str]] | None = None
) -> list[str]:
    r"""Fill in ``@set``, ``~``, ``$VARIABLE``, ``registry:HKLM\KEY!NAME`` and ``*``.

    A root that speaks of an unset variable is none, as are the places of a set that are not there.
    ``sets`` keeps where those are, so that many detectors of one scan share the search.
    """
    sets = {} if sets is None else sets
    found: list[str] = []
    for root in roots:
        head, *components = root.split("/")
        if head.startswith(_REGISTRY):
            top = registry_path(host, head.removeprefix(_REGISTRY))
            found += _descended(host, [top] if top else [], components)
        elif head.startswith("@"):
            name = head.removeprefix("@")
            places = sets[name] if name in sets else sets.setdefault(name, _places(host, name))
            found += _in_set(host, name, places, components)
        else:
            found += _expand(host, head, components)
    return found


def _places(host: Host, name: str) -> list[str]:
    """Return where the places of a set are on this machine, each once."""
    paths = [path for text in PLACES.get(name, ()) for path in _place(host, text)]
    return [path for path in dict.fromkeys(paths) if host.inspect(path) is not None]


def _place(host: Host, text: str) -> list[str]:
    head, *components = text.split("/")
    if head != _LIST:
        return _expand(host, head, components)
    return _descended(host, path_list(host, head[1:]), components)


def _in_set(host: Host, name: str, places: Sequence[str], components: list[str]) -> list[str]:
    if name == "huggingface":
        repository = "/".join(components)
        return [found for place in places for found in snapshots(host, place, repository)]
    return _descended(host, places, components)


def _expand(host: Host, head: str, components: Iterable[str]) -> list[str]:
    start = _substitute(host, _home(host) if head == "~" else head)
    # Nothing below "" is the file system's root; a relative root would mean wherever we are.
    top = absolute_path(host.platform, start) if start else start
    return [] if top is None else _descended(host, [top.rstrip("/")], components)


def _home(host: Host) -> str:
    return "$USERPROFILE" if host.platform.os == "windows" else "$HOME"


def _descended(host: Host, paths: Sequence[str], components: Iterable[str]) -> list[str]:
    for component in components:
        paths = [below for path in paths for below in _below(host, path, component)]
    return list(paths)


def _below(host: Host, path: str, component: str) -> list[str]:
    if "*" not in component:
        filled = _substitute(host, component)
        return [] if filled is None else [f"{path}/{filled}"]
    matches = starred(component)
    return [f"{path}/{name}" for name in host.names(path or "/") if matches(name)]


def _substitute(host: Host, text: str) -> str | None:
    if "$" not in text:
        return text
    names = [first or second for first, second in _VARIABLE.findall(text)]
    if not all(host.environ.get(name) for name in names):
        return None
    return _VARIABLE.sub(lambda match: host.environ[match[1] or match[2]], text)
