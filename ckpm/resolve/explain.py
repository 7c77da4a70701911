"""Explain a failure: one minimal conflict as a chain, each constraint with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ckpm.errors import UnsatisfiableError
from ckpm.model.ranges import Clause, VersionRange
from ckpm.model.resolution import Candidate
from ckpm.resolve.core import solve
from ckpm.resolve.offers import Offers
from ckpm.resolve.problem import Edge, Node, Problem

Fact = tuple[int, int]
"""One reason: everything that node needs of another; roots count as node -1."""

MAX_LINES = 15


def explain(problem: Problem, offers: Offers, hints: Iterable[str] = ()) -> UnsatisfiableError:
    """Return the error for an unsatisfiable problem, with at most fifteen lines."""
    facts = _minimal_conflict(problem)
    lines = [line for fact in _from_roots(facts) for line in _lines(problem, fact)]
    lines += [line for node in _dead_ends(problem, facts) for line in _offer_lines(node, offers)]
    unique = list(dict.fromkeys(lines))
    return UnsatisfiableError(unique[:MAX_LINES], hints=[*hints, *_hints(problem, facts, offers)])


def _minimal_conflict(problem: Problem) -> list[Fact]:
    """Drop reasons one at a time as long as the rest is still a conflict (deletion)."""
    kept = [(-1, edge.node) for edge in problem.roots]
    kept += sorted(
        {
            (n, edge.node)
            for n, node in enumerate(problem.nodes)
            for edges in node.edges
            for edge in edges
        }
    )
    step = max(1, len(kept) // 2)
    while step:
        position = 0
        while position < len(kept):
            fewer = kept[:position] + kept[position + step :]
            if _is_conflict(problem, fewer):
                kept = fewer
            else:
                position += step
        step //= 2
    return kept


def _is_conflict(problem: Problem, facts: Sequence[Fact]) -> bool:
    known = set(facts)
    roots = tuple(edge for edge in problem.roots if (-1, edge.node) in known)

    def enforced(node: int, edge: Edge) -> bool:
        return (node, edge.node) in known

    return solve(problem, roots=roots, enforced=enforced) is None


def _from_roots(facts: Sequence[Fact]) -> list[Fact]:
    """Order the reasons so that each follows the one that brings its package in."""
    ordered: list[Fact] = []
    waiting = [-1]
    for node in waiting:
        for fact in facts:
            if fact[0] == node and fact not in ordered:
                ordered.append(fact)
                waiting.append(fact[1])
    return ordered + [fact for fact in facts if fact not in ordered]


def _lines(problem: Problem, fact: Fact) -> Iterator[str]:
    source, target = fact
    if source < 0:
        for edge in problem.roots:
            if edge.node == target:
                yield f"{edge.requirement.origin or 'the request'} asks for `{edge.requirement}`"
    elif not problem.nodes[source].is_choice:
        node = problem.nodes[source]
        for need, candidates in _by_need(node, target).items():
            yield f"`{node.key.name}` {versions_text(candidates)} needs {need}"


def _by_need(node: Node, target: int) -> dict[str, list[Candidate]]:
    """Group the candidates of a node by what they need of another."""
    groups: dict[str, list[Candidate]] = {}
    for candidate, edges in zip(node.candidates, node.edges, strict=True):
        for edge in edges:
            if edge.node == target:
                text = f"`{edge.requirement}`{_ability(edge)}{_origin(edge)}"
                groups.setdefault(text, []).append(candidate)
    return groups


def _ability(edge: Edge) -> str:
    ability = edge.requirement.ability
    return f" able to {ability}" if ability else ""


def _origin(edge: Edge) -> str:
    return f" ({edge.requirement.origin})" if edge.requirement.origin else ""


def versions_text(candidates: Sequence[Candidate]) -> str:
    """Merge versions: ``2.14.0 to 2.16.1`` where there are several, options where they differ."""
    versions = sorted({candidate.version for candidate in candidates})
    text = str(versions[0]) if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
    options = {candidate.options for candidate in candidates}
    shared = set.intersection(*map(set, options)) if options else set()
    named = ",".join(f"{name}={value}" for name, value in sorted(shared))
    return f"{text} ({named})" if named else text


def _dead_ends(problem: Problem, facts: Sequence[Fact]) -> list[Node]:
    """Return the nodes of the conflict at which the chain ends."""
    sources = {source for source, _ in facts}
    ends = dict.fromkeys(target for _, target in facts if target not in sources)
    return [problem.nodes[number] for number in ends]


def _offer_lines(node: Node, offers: Offers) -> Iterator[str]:
    world = offers.world
    name, platform = node.key.name, world.platform(node.key.scope)
    for rejection in offers.rejections:
        if rejection.package == name:
            yield f"`{rejection.candidate}` is out: {rejection.reason}"
    if not node.candidates:
        yield f"nothing offers `{name}` on {platform}{_elsewhere(name, offers)}"
        return
    kinds = groupby(node.candidates, key=lambda candidate: candidate.installation is not None)
    for detected, group in kinds:
        candidates = list(group)
        word = "is here only as" if detected else "can be had as"
        yield f"`{name}` {word} {versions_text(candidates)} on {platform}"


def _elsewhere(name: str, offers: Offers) -> str:
    recipes = offers.world.recipes
    recipe = recipes.recipe(name)
    if recipe is not None:
        patterns = sorted({p for source in recipe.sources for p in source.platforms})
        return f"; its sources are for {', '.join(patterns)}" if patterns else ""
    providers = recipes.providers(name)
    return (
        f"; {', '.join(f'`{p}`' for p in providers)} would provide it elsewhere"
        if providers
        else ""
    )


def _hints(problem: Problem, facts: Sequence[Fact], offers: Offers) -> Iterator[str]:
    recipes = offers.world.recipes
    for number in {target for _, target in facts}:
        key, candidates = problem.nodes[number].key, problem.nodes[number].candidates
        is_fact = all(candidate.origin == "fact" for candidate in candidates)
        if is_fact and not recipes.recipe(key.name) and not recipes.providers(key.name):
            stated = f"--target {offers.world.platform(key.scope).name}:{key.name}=VERSION"
            more = "a newer" if candidates else "a"
            yield f"if the target has {more} `{key.name}`, say so: `{stated}`"
    yield from _nearest_versions(problem, facts)


def _nearest_versions(problem: Problem, facts: Sequence[Fact]) -> Iterator[str]:
    """For each root of the conflict, the best version that works with the other roots."""
    conflicting = [edge for edge in problem.roots if (-1, edge.node) in facts]
    for edge in conflicting:
        node = problem.nodes[edge.node]
        if edge.mask == node.full_mask or not node.candidates:
            continue
        fitting = [edge.requirement.accepts(dict(c.options)) for c in node.candidates]
        loose = Edge(
            edge.requirement, edge.node, sum(1 << i for i, fits in enumerate(fitting) if fits)
        )
        roots = tuple(loose if other is edge else other for other in problem.roots)
        answer = solve(problem, roots=roots)
        if answer is not None:
            candidate = node.candidates[answer[edge.node]]
            exactly = VersionRange((Clause("==", str(candidate.version)),))
            yield f"`{replace(edge.requirement, range=exactly)}` would work here"
