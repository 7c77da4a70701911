"""ckpm's resolver; the only file here that knows its interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

from benchmarks.resolver.index import Needs, Versions
from benchmarks.resolver.instances import Instance, Need, mask
from ckpm.model import ranges, requirement, version
from ckpm.model.ranges import ANY, parse_range
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.resolution import Candidate
from ckpm.model.version import Version
from ckpm.resolve.explain import explain as explained
from ckpm.resolve.offers import Offers
from ckpm.resolve.problem import Edge, Key, Node, Problem
from ckpm.resolve.search import search

NAME = "ckpm"
DISTRIBUTION = "ckpm"
WARM = "again"


def forget() -> None:
    """Drop what earlier runs have read: each run is the first of its process, but for imports."""
    for module in (ranges, requirement, version):
        for value in vars(module).values():
            getattr(value, "cache_clear", lambda: None)()


def prepare(instance: Instance) -> Problem:
    """Build ckpm's problem; its position 0 is the preferred version, theirs the last one."""
    numbers = {name: n for n, name in enumerate(instance.reachable())}
    known: dict[Any, Edge] = {}

    def edge(need: Need) -> Edge:
        key = (need[0], tuple(map(tuple, need[1])))
        if key not in known:
            known[key] = _edge(instance, need, numbers[need[0]])
        return known[key]

    nodes = [_node(instance, name, edge) for name in numbers]
    return Problem(tuple(edge(need) for need in instance.root), nodes)


def _node(instance: Instance, name: str, edge: Callable[[Need], Edge]) -> Node:
    versions = list(instance.packages[name])
    last_first = range(len(versions) - 1, -1, -1)
    candidates = tuple(Candidate(name, Version(versions[p])) for p in last_first)
    edges = [tuple(edge(need) for need in instance.needs(name, p)) for p in last_first]
    return Node(Key(name, ""), candidates, edges)


def _edge(instance: Instance, need: Need, number: int) -> Edge:
    target, spans = need
    versions = instance.packages[target]
    reversed_spans = [(len(versions) - high, len(versions) - low) for low, high in spans]
    (low, high) = spans[0] if spans else (0, 0)
    text = f">={versions[low]},<={versions[high - 1]}" if high else "<0"
    full = (low, high) == (0, len(versions))
    wanted = Requirement(target, ANY if full else parse_range(text))
    return Edge(wanted, number, mask(reversed_spans, len(versions)))


def solve(problem: Problem) -> dict[str, str] | None:
    """Return the preferred answer, or ``None`` when there is none."""
    answer = search(problem)
    if answer is None:
        return None
    chosen = [problem.nodes[n].candidates[p] for n, p in answer.items()]
    return {candidate.package: str(candidate.version) for candidate in chosen}


def explain(problem: Problem) -> list[str]:
    """Return the lines that say why there is no answer."""
    platform = SimpleNamespace(name="here")
    recipes = SimpleNamespace(recipe=lambda _: True, providers=lambda _: ())
    world = SimpleNamespace(platform=lambda _: platform, recipes=recipes)
    offers = cast(Offers, SimpleNamespace(world=world, rejections=()))
    return list(explained(problem, offers).lines)


def answer_from_index(
    versions: Versions, needs: Needs, roots: Sequence[str]
) -> dict[str, str] | None:
    """Answer from an index that is asked for one package at a time."""
    numbers = {parse_requirement(text).package: n for n, text in enumerate(roots)}
    nodes: list[Node] = []
    known: dict[str, Edge] = {}

    def edge(text: str) -> Edge:
        if text not in known:
            need = parse_requirement(text)
            number = numbers.setdefault(need.package, len(numbers))
            known[text] = Edge(need, number, 0)
        return known[text]

    wanted = [edge(text) for text in roots]
    for name in (waiting := list(numbers)):
        listed = list(reversed(versions(name)))
        candidates = tuple(Candidate(name, Version(v)) for v in listed)
        edges = [tuple(edge(text) for text in needs(name, v)) for v in listed]
        nodes.append(Node(Key(name, ""), candidates, edges))
        waiting += list(numbers)[len(waiting) :]
    return solve(_with_masks(Problem(tuple(wanted), nodes)))


def _with_masks(problem: Problem) -> Problem:
    """Return the problem with the masks of its edges, once every candidate is known."""
    known: dict[int, Edge] = {}

    def filled(edge: Edge) -> Edge:
        if id(edge) not in known:
            candidates = enumerate(problem.nodes[edge.node].candidates)
            bits = sum(1 << p for p, c in candidates if c.version in edge.requirement.range)
            known[id(edge)] = Edge(edge.requirement, edge.node, bits)
        return known[id(edge)]

    for node in problem.nodes:
        node.edges = [tuple(map(filled, edges)) for edges in node.edges]
    return Problem(tuple(map(filled, problem.roots)), problem.nodes)
