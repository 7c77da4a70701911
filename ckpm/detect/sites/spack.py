"""What Spack has installed, from the index that it keeps beside its installations.

The index is described in Spack's source (``database.py``); its formats 5 to 8 are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckpm.model.environment import EnvChange, PrependPath
from ckpm.model.owner import Owner
from ckpm.model.site import SitePackage
from ckpm.system.host import Host

_MAX_BYTES = 256 << 20
_HASH_LENGTH = 7
_PATHS = (
    ("PATH", "bin"),
    ("MANPATH", "share/man"),
    ("PKG_CONFIG_PATH", "lib/pkgconfig"),
    ("PKG_CONFIG_PATH", "lib64/pkgconfig"),
)


def read_spack(host: Host) -> tuple[list[SitePackage], list[str]]:
    """Return the installed packages, by name and version, and what is wrong with an index."""
    packages: list[SitePackage] = []
    faults: list[str] = []
    for root in _roots(host):
        file = f"{root}/.spack-db/index.json"
        content = host.read(file, _MAX_BYTES)
        if not content:
            continue
        try:
            packages += _packages(host, content, file)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            faults.append(f"`{file}` is no index of Spack that can be read; nothing of it is used")
    return packages, faults


def _roots(host: Host) -> list[str]:
    """Return where installations may lie: the default tree, and those that are configured."""
    spack, home = host.environ.get("SPACK_ROOT", ""), host.environ.get("HOME", "")
    tops = [spack] if spack.startswith("/") else []
    user = [f"{home}/.spack"] if home.startswith("/") else []
    places = [*user, *(f"{top}/etc/spack" for top in tops), "/etc/spack"]
    named = [root for place in places for root in _configured(host, place, tops, home)]
    return list(dict.fromkeys([*named, *(f"{top}/opt/spack" for top in tops)]))


def _configured(host: Host, directory: str, tops: list[str], home: str) -> Iterator[str]:
    for file, sections in (("config.yaml", ("config",)), ("upstreams.yaml", ("upstreams",))):
        for line in _install_trees(host, f"{directory}/{file}", sections):
            path = line.replace("$spack", tops[0]) if tops else line
            path = path.replace("~", home, 1) if path.startswith("~") else path
            if path.startswith("/") and "$" not in path:
                yield path.rstrip("/")


def _install_trees(host: Host, file: str, sections: tuple[str, ...]) -> list[str]:
    content = host.read(file)
    if not content:
        return []
    from ckpm.errors import ContentError
    from ckpm.schema.documents import parse_document, plain

    try:
        document = plain(parse_document(content.decode("utf-8", "replace"), file))
    except ContentError:
        return []
    return [root for section in sections for root in _trees_in(document.get(section))]


def _trees_in(section: object) -> Iterator[str]:
    """``config`` has one tree, as text or with a ``root``; each upstream has one as text."""
    if not isinstance(section, Mapping):
        return
    tree = section.get("install_tree")
    trees = (
        [tree]
        if tree
        else [each.get("install_tree") for each in section.values() if isinstance(each, Mapping)]
    )
    for each in trees:
        root = each.get("root") if isinstance(each, Mapping) else each
        if isinstance(root, str):
            yield root


def _packages(host: Host, content: bytes, file: str) -> list[SitePackage]:
    import json

    installs = json.loads(content)["database"]["installs"]
    needed = {key: _needed(record["spec"]) for key, record in installs.items()}
    packages = [
        _package(host, key, record, list(_closure(key, needed)), file)
        for key, record in installs.items()
        if record.get("installed") is True
        and not record["spec"].get("external")
        and isinstance(record.get("path"), str)
        and record["path"].startswith("/")
    ]
    return sorted(packages, key=lambda each: (each.owner.package, each.owner.version))


def _needed(spec: Mapping[str, Any]) -> list[str]:
    """Return the hashes of what it runs or links with."""
    listed = spec.get("dependencies") or []
    entries = listed.values() if isinstance(listed, Mapping) else listed
    return [each["hash"] for each in entries if not {"run", "link"}.isdisjoint(_kinds(each))]


def _kinds(dependency: Mapping[str, Any]) -> list[str]:
    kinds = dependency.get("type") or dependency.get("parameters", {}).get("deptypes") or []
    return [str(kind) for kind in kinds]


def _closure(key: str, needed: Mapping[str, list[str]]) -> dict[str, None]:
    """Return what it needs, each after its own needs, without recursion."""
    order: dict[str, None] = {}
    seen = {key}
    waiting: list[tuple[str, bool]] = [(each, False) for each in reversed(needed[key])]
    while waiting:
        each, is_done = waiting.pop()
        if is_done:
            order[each] = None
        elif each not in seen:
            seen.add(each)
            below = [(other, False) for other in reversed(needed.get(each, []))]
            waiting += [(each, True), *below]
    return order


def _package(
    host: Host, key: str, record: Mapping[str, Any], needs: list[str], file: str
) -> SitePackage:
    prefix, spec = record["path"].rstrip("/"), record["spec"]
    version = f"{spec['version']}/{key[:_HASH_LENGTH]}"
    return SitePackage(
        Owner("spack", str(spec["name"]), version),
        prefix,
        (f"{prefix}/bin",),
        (f"{prefix}/lib", f"{prefix}/lib64"),
        (f"{prefix}/include",),
        _environment(host, prefix),
        tuple(needs),
        file,
    )


def _environment(host: Host, prefix: str) -> tuple[EnvChange, ...]:
    """What it links with needs no variable: Spack writes run-time search paths into programs."""
    names = {part: host.names(f"{prefix}/{part}") for part in ("", "share", "lib", "lib64")}
    changes: list[EnvChange] = [PrependPath("CMAKE_PREFIX_PATH", prefix)]
    for variable, part in reversed(_PATHS):
        above, _, name = part.rpartition("/")
        if name in names[above]:
            changes.append(PrependPath(variable, f"{prefix}/{part}"))
    return tuple(changes)
