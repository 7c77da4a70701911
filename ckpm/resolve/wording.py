"""Words for candidates: versions merged, and what there is of a package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate
from ckpm.model.scopes import scope_text
from ckpm.resolve.problem import MAX_TOOL_DEPTH, Node
from ckpm.resolve.supply import Supply


def named(node: Node) -> str:
    """Name a node's package, and whose tool it is."""
    whose = f" ({scope_text(node.key.scope)})" if node.key.scope else ""
    return f"`{node.key.name}`{whose}"


def versions_text(candidates: Sequence[Candidate]) -> str:
    """Merge versions: ``2.14.0 to 2.16.1`` where there are several, options where they differ."""
    if len({candidate.package for candidate in candidates}) > 1:
        return listed(list(dict.fromkeys(f"`{c.package}` {c.version}" for c in candidates)))
    versions = sorted({candidate.version for candidate in candidates})
    text = str(versions[0]) if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
    options = {candidate.options for candidate in candidates}
    shared = set.intersection(*map(set, options)) if options else set()
    named = ",".join(f"{name}={value}" for name, value in sorted(shared))
    return f"{text} ({named})" if named else text


def offered(node: Node, supply: Supply, *, abilities: bool = False) -> Iterator[str]:
    """Say what there is of a node's package, and what is left out for which reason.

    ``abilities`` says whether it matters what installations can be used for.
    """
    name, place = node.key.name, supply.place(node.key.scope)
    where = f" on {place}" if place else ""
    left_out: dict[str, list[str]] = {}
    for rejection in dict.fromkeys(supply.left_out(name)):
        left_out.setdefault(rejection.reason, []).append(f"`{rejection.candidate}`")
    for reason, candidates in left_out.items():
        yield f"{listed(candidates)} {'is' if len(candidates) == 1 else 'are'} out: {reason}"
    if node.key.scope.count("/") >= MAX_TOOL_DEPTH:
        yield f"the tools of `{node.key.scope.partition('/')[0]}` need tools without end"
        return
    if not node.candidates:
        more = "" if left_out else supply.elsewhere(name)
        yield f"nothing offers `{name}`{where}{'; ' if more else ''}{more}"
        return
    own = [candidate for candidate in node.candidates if candidate.package == name]
    found = [candidate for candidate in own if candidate.installation is not None]
    others = [candidate for candidate in own if candidate.installation is None]
    yield from _provided(node)
    if found:
        prefixes = dict.fromkeys(c.installation.prefix for c in found if c.installation)
        able = f", able to {_abilities(found)}" if abilities else ""
        yield f"`{name}` is here as {versions_text(found)} at {listed(list(prefixes))}{able}"
    if others:
        yield f"`{name}` can be had as {_with_prereleases(others)}{where}"


def lacking(node: Node, wanted: Requirement, supply: Supply) -> Iterator[str]:
    """Say which options that are asked for nothing has, and what there is instead."""
    known: dict[str, dict[str, None]] = {}
    for candidate in node.candidates:
        if candidate.package == wanted.package:
            for name, value in candidate.options:
                known.setdefault(name, {})[value] = None
    for name, value in wanted.options:
        if not known:
            yield f"`{wanted.package}` has no options"
        elif name not in known:
            yield f"`{wanted.package}` has no option `{name}`: it has {_listed_options(known)}"
        elif value not in known[name]:
            there = listed([f"`{other}`" for other in known[name]])
            where = supply.elsewhere(wanted.package, ((name, value),))
            more = f"; with `{name}={value}` {where}" if where else ""
            yield f"`{name}` of `{wanted.package}` can be had as {there}{more}"


def _listed_options(known: Mapping[str, Iterable[str]]) -> str:
    return listed([f"`{name}={'|'.join(values)}`" for name, values in sorted(known.items())])


def _provided(node: Node) -> Iterator[str]:
    """Say who stands in for a virtual package, in which of its versions."""
    name = node.key.name
    by_version: dict[str, dict[str, None]] = {}
    for candidate in node.candidates:
        if candidate.package != name:
            version = str(dict(candidate.provides).get(name, ""))
            by_version.setdefault(version, {})[f"`{candidate.package}`"] = None
    for version, providers in by_version.items():
        verb = "is" if len(providers) == 1 else "are"
        yield f"{listed(list(providers))} {verb} `{name}` {version}"


def _abilities(found: Sequence[Candidate]) -> str:
    known = (c.installation.abilities for c in found if c.installation)
    return listed(list(dict.fromkeys(ability for abilities in known for ability in abilities)))


def _with_prereleases(candidates: Sequence[Candidate]) -> str:
    """Tell releases from pre-releases: most ranges pass the latter over."""
    early = [candidate for candidate in candidates if candidate.version.is_prerelease]
    released = [candidate for candidate in candidates if candidate not in early]
    if not early or not released:
        return versions_text(candidates)
    word = "pre-release" if len({c.version for c in early}) == 1 else "pre-releases"
    return f"{versions_text(released)}, and as the {word} {versions_text(early)}"


def listed(items: Sequence[str]) -> str:
    """Join as people do, long lists cut."""
    if len(items) > 5:
        items = [*items[:4], f"{len(items) - 4} more"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
