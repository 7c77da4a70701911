"""Explain a failure in words: one minimal conflict as a chain from the request to the clash.

The chain is told as it narrows: of each package only the candidates that what was told before
leaves. Where every candidate leads on to the next package whatever its version, only the ends of
such a passage are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckpm.errors import UnsatisfiableError
from ckpm.model.scopes import is_below
from ckpm.resolve.conflict import Conflict, minimal_conflict
from ckpm.resolve.deadline import ShouldStop, never
from ckpm.resolve.hints import remedies
from ckpm.resolve.problem import Edge, Node, Pairs, Problem, bits
from ckpm.resolve.supply import Supply
from ckpm.resolve.trail import ROOT, Asked
from ckpm.resolve.wording import lacking, listed, named, offered, versions_text

MAX_LINES = 15
MAX_GROUPS = 3
"""So many different needs of one package are told apart; more are told as one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the chain: who asks for what, where that stands, and what of it there is."""

    asker: str
    versions: str
    asks: str
    origin: str = ""
    verb: str = "needs"

    def __str__(self) -> str:
        origin = f" ({self.origin})" if self.origin else ""
        return " ".join(filter(None, (self.asker, self.versions, self.verb, self.asks))) + origin


def explain(
    problem: Problem,
    supply: Supply,
    *,
    should_stop: ShouldStop = never,
) -> UnsatisfiableError:
    """Return the error for a problem without an answer, with at most fifteen lines."""
    found = minimal_conflict(problem, should_stop=should_stop)
    chain = _Chain(problem, found)
    reasons = list(chain.reasons())
    abilities = any(" able to " in reason.asks for reason in reasons)
    ends = [
        line
        for node in _dead_ends(problem, found)
        for line in offered(node, supply, abilities=abilities)
    ]
    lines = list(dict.fromkeys([*map(str, reasons), *chain.lacking(supply), *ends]))
    if len(lines) > MAX_LINES:
        left = len(lines) - MAX_LINES + 1
        lines = [*lines[: MAX_LINES - 1], f"and {left} more of the kind (`--json` has them all)"]
    conflict = [_plain(reason) for reason in reasons]
    return UnsatisfiableError(
        lines,
        conflict=conflict,
        remedies=remedies(problem, supply, found.asked),
        nogoods=dict.fromkeys(problem.stated[nogood] for nogood in chain.nogoods),
    )


def _plain(reason: Reason) -> dict[str, str]:
    return {
        "asker": reason.asker.strip("`"),
        "versions": reason.versions,
        "verb": reason.verb,
        "asks": reason.asks.strip("`"),
        "origin": reason.origin,
    }


class _Chain:
    """Tells the facts from the request on."""

    def __init__(self, problem: Problem, conflict: Conflict) -> None:
        self.problem = problem
        self.facts = conflict.asked
        self.nogoods = [problem.nogoods[fact.number] for fact in conflict.barred]
        self.barred = {node for nogood in self.nogoods for node, _ in nogood}
        self.targets: dict[int, list[int]] = {}
        self.left: dict[int, int] = {}
        self.is_plain = False
        """Whether it is enough to say what all versions of each package ask for together."""
        self.ordered = self.in_order()
        for source, target in self.ordered:
            self.targets.setdefault(source, []).append(target)
        self.askers = {
            target: [source for source, other in self.facts if other == target]
            for _, target in self.facts
        }

    def reasons(self) -> Iterator[Reason]:
        told: set[Asked] = set()
        self.narrow_all()
        for source, target in self.ordered:
            if (source, target) in told:
                continue
            if source == ROOT:
                yield from self.asked(target)
            else:
                passage = self.passage(source, target)
                told |= set(passage)
                yield from self.step(source, target, [node for _, node in passage])
        yield from map(self.given, self.nogoods)

    def in_order(self) -> list[Asked]:
        """First what is asked for; then from each of that downwards, one branch after the other."""
        ordered = [fact for fact in self.facts if fact[0] == ROOT]
        waiting = [target for _, target in reversed(ordered)]
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                onward = [fact for fact in self.facts if fact[0] == node]
                ordered += onward
                waiting += [target for _, target in reversed(onward)]
        return ordered + [fact for fact in self.facts if fact not in ordered]

    def narrow_all(self) -> None:
        """What is left of each package once all before it is told."""
        for source, target in self.ordered:
            full = self.problem.nodes[target].full_mask
            edges = self.edges(source, target)
            escapes = source != ROOT and self.left.get(source, 0) & ~sum(1 << i for i, _ in edges)
            union = full if escapes else self.union(source, edges)
            left = self.left.get(target, full) & union
            self.is_plain |= not left
            self.left[target] = left or full

    def union(self, source: int, edges: Sequence[tuple[int, Edge]]) -> int:
        union = -1 if source == ROOT else 0
        for _, edge in edges:
            union = union & edge.mask if source == ROOT else union | edge.mask
        return union

    def edges(self, source: int, target: int) -> list[tuple[int, Edge]]:
        """Return what is asked of the target: by the request, or by what is left of a node."""
        if source == ROOT:
            return [(0, edge) for edge in self.problem.roots if edge.node == target]
        node = self.problem.nodes[source]
        return [
            (position, edge)
            for position in bits(self.left.get(source, node.full_mask))
            for edge in self.problem.edges(source, position)
            if edge.node == target
        ]

    def passage(self, source: int, target: int) -> list[Asked]:
        """Return the facts from here to where versions begin to matter."""
        path = [Asked(source, target)]
        while self.is_open(*path[-1]):
            node = path[-1].target
            onward = [Asked(node, target) for target in self.targets.get(node, [])]
            alone = len(onward) == 1 and self.askers[node] == [path[-1].source]
            matters = not alone or node in self.barred
            if matters or onward[0] in path or not self.is_open(*onward[0]):
                break
            path.append(onward[0])
        return path

    def is_open(self, source: int, target: int) -> bool:
        """Whether all that is left of a node leads to the next one, and rules nothing of it out."""
        edges = self.edges(source, target)
        asking = {position for position, edge in edges if edge.requires}
        full = self.problem.nodes[target].full_mask
        everyone = asking == set(bits(self.left.get(source, 0)))
        if not self.is_plain:
            return everyone and all(edge.mask & full == full for _, edge in edges)
        return everyone and self.union(source, edges) & full == full

    def asked(self, target: int) -> Iterator[Reason]:
        for edge in self.problem.roots:
            if edge.node == target:
                verb = "asks for" if edge.requires else "allows only"
                yield Reason(
                    edge.requirement.origin or "the request", "", f"`{edge.requirement}`", verb=verb
                )

    def given(self, nogood: Pairs) -> Reason:
        names = [
            f"`{self.problem.nodes[node].key.name}` "
            + versions_text([self.problem.nodes[node].candidates[i] for i in bits(mask)])
            for node, mask in nogood
        ]
        return Reason(listed(names), "", "", verb="cannot stand together")

    def step(self, source: int, target: int, through: Sequence[int]) -> Iterator[Reason]:
        node = self.problem.nodes[source]
        if len(through) > 1:
            names = [named(self.problem.nodes[n]) for n in through if not self.is_choice(n)]
            yield Reason(named(node), "", _passage_text(names))
        elif not node.is_choice:
            yield from self.needs(node, source, target)

    def lacking(self, supply: Supply) -> Iterator[str]:
        """Say which of the options that are asked for there are not."""
        for source, target in self.ordered:
            for _, edge in self.edges(source, target):
                if edge.requires and edge.requirement.options:
                    yield from lacking(self.problem.nodes[target], edge.requirement, supply)

    def is_choice(self, number: int) -> bool:
        return self.problem.nodes[number].is_choice

    def needs(self, node: Node, source: int, target: int) -> Iterator[Reason]:
        groups: dict[tuple[str, str, str], list[int]] = {}
        for position, edge in self.edges(source, target):
            verb = "needs" if edge.requires else "conflicts with"
            if edge.requires and is_below(self.problem.nodes[target].key.scope, node.key.scope):
                verb = "needs the tool"
            ability = f" able to {edge.requirement.ability}" if edge.requirement.ability else ""
            text = (f"`{edge.requirement}`{ability}", edge.requirement.origin, verb)
            groups.setdefault(text, []).append(position)
        if len(groups) > MAX_GROUPS:
            yield self.merged(node, source, target)
            return
        for (asks, origin, verb), positions in groups.items():
            candidates = [node.candidates[position] for position in positions]
            yield Reason(named(node), versions_text(candidates), asks, origin, verb)

    def merged(self, node: Node, source: int, target: int) -> Reason:
        """Many versions, each with a range of its own: what they ask for together."""
        edges = self.edges(source, target)
        wanted = self.problem.nodes[target]
        union = self.union(source, edges) & wanted.full_mask
        candidates = [node.candidates[position] for position in dict(edges)]
        what = (
            versions_text([wanted.candidates[i] for i in bits(union)]) if union else "in no version"
        )
        origins = {edge.requirement.origin for _, edge in edges}
        origin = next(iter(origins)) if len(origins) == 1 else ""
        asks = f"{named(wanted)} {what}" if self.is_plain else f"each its own {named(wanted)}"
        return Reason(named(node), versions_text(candidates), asks, origin)


def _passage_text(names: Sequence[str]) -> str:
    *between, last = names
    if len(between) > 4:
        between = [*between[:2], "…", between[-1]]
    return f"{last}, through {', '.join(between)}" if between else last


def _dead_ends(problem: Problem, conflict: Conflict) -> list[Node]:
    """Return the nodes of the conflict at which the chain ends."""
    sources = {fact.source for fact in conflict.asked}
    ends = dict.fromkeys(f.target for f in conflict.asked if f.target not in sources)
    return [problem.nodes[number] for number in ends]
