"""The network: what candidates ask of one another, and what follows from what is decided.

It grows: nodes and needs become known as the search reaches them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from ckpm.resolve.nogoods import Nogood, order_watches
from ckpm.resolve.problem import Edge, Problem, bits
from ckpm.resolve.trail import ROOT, Asked, Barred, Fact, Given, Literal, Reason, Trail


class Relation:
    """What the candidates of one node ask of another: masks there, each with who asks for it."""

    __slots__ = ("asking", "groups", "source", "target")

    def __init__(self, source: int, target: int) -> None:
        self.source = source
        self.target = target
        self.asking = 0
        self.groups: dict[int, int] = {}

    @property
    def fact(self) -> Fact:
        """Both nodes."""
        return Asked(self.source, self.target)

    def explain(self, node: int, removed: int) -> list[Literal]:
        """See ``Reason``: what is left of the target, or who of the source is left."""
        if self.source == self.target:
            return []
        if node == self.target:
            wanting = 0
            for mask, asking in self.groups.items():
                if mask & removed:
                    wanting |= asking
            return [(self.source, self.asking & ~wanting)]
        wanted = 0
        for mask, asking in self.groups.items():
            if asking & removed:
                wanted |= mask
        return [(self.target, ~wanted)]


class Network:
    """Relations and nogoods over the domains of a trail; with ``facts``, only what these say."""

    def __init__(self, problem: Problem, facts: Container[Fact] | None) -> None:
        self.problem = problem
        self.facts = facts
        self.trail = Trail()
        self.absent: list[int] = []
        self.forward: list[list[Relation]] = []
        self.backward: list[list[Relation]] = []
        self.watching: list[dict[int, list[Nogood]]] = []
        self.expanded: list[int] = []
        self.relations: dict[tuple[int, int], Relation] = {}
        self.given = 0
        self.conflict = -1

    # growing

    def require(self) -> bool:
        """Hold what the request says; false when that leaves a node nothing."""
        for edge in self.problem.roots:
            self.know(edge.node)
            fact = Asked(ROOT, edge.node)
            if self.facts is not None and fact not in self.facts:
                continue
            if not self.restrict(edge.node, self.allowed(edge), Given(fact)):
                return False
        return self.take_given()

    def know(self, last: int) -> None:
        """Make room for the nodes up to one."""
        for number in range(len(self.absent), last + 1):
            absent = 1 << len(self.problem.nodes[number].candidates)
            self.absent.append(absent)
            self.trail.grow(absent | (absent - 1))
            self.forward.append([])
            self.backward.append([])
            self.watching.append({})
            self.expanded.append(absent)

    def edges(self, node: int, position: int) -> Iterator[Edge]:
        """Yield what a candidate asks for, as far as the facts say so."""
        for edge in self.problem.edges(node, position):
            if self.facts is None or Asked(node, edge.node) in self.facts:
                yield edge

    def allowed(self, edge: Edge) -> int:
        """Return what an edge leaves of its node; one that does not require, its absence too."""
        return edge.mask if edge.requires else edge.mask | self.absent[edge.node]

    def expand(self, node: int, wanted: int) -> bool:
        """Learn the needs of candidates of a node; false when that leaves a node nothing."""
        unknown = wanted & ~self.expanded[node]
        self.expanded[node] |= unknown
        asked: dict[int, dict[int, int]] = {}
        for position in bits(unknown):
            for target, mask in self.asked(node, position).items():
                groups = asked.setdefault(target, {})
                groups[mask] = groups.get(mask, 0) | 1 << position
        related = [self.relate(node, target, groups) for target, groups in asked.items()]
        return all(related) and self.take_given()

    def asked(self, node: int, position: int) -> dict[int, int]:
        """Return what one candidate leaves of each node that it speaks of."""
        masks: dict[int, int] = {}
        for edge in self.edges(node, position):
            self.know(edge.node)
            masks[edge.node] = masks.get(edge.node, -1) & self.allowed(edge)
        if node in masks:
            # What a candidate asks of its own node is either so or makes it impossible.
            masks[node] = -1 if masks[node] >> position & 1 else 0
        return masks

    def relate(self, node: int, target: int, groups: dict[int, int]) -> bool:
        """Note what some candidates of a node ask of another."""
        relation = self.relations.get((node, target))
        if relation is None:
            relation = self.relations[node, target] = Relation(node, target)
            self.forward[node].append(relation)
            if node != target:
                self.backward[target].append(relation)
        gone, left = 0, self.trail.domains[target]
        for mask, asking in groups.items():
            relation.groups[mask] = relation.groups.get(mask, 0) | asking
            relation.asking |= asking
            if not mask & left:
                gone |= asking
        self.trail.visit(node)
        return self.restrict(node, ~gone, relation)

    def take_given(self) -> bool:
        """Take the problem's nogoods whose nodes have all become known."""
        while self.given < len(self.problem.nogoods):
            number = self.given
            self.given += 1
            if self.facts is not None and Barred(number) not in self.facts:
                continue
            literals = list(self.problem.nogoods[number])
            self.know(max(node for node, _ in literals))
            if not self.watch(Nogood(literals, number=number)):
                return False
        return True

    def watch(self, nogood: Nogood) -> bool:
        """Keep to a nogood from now on; false when it is broken already."""
        literals = nogood.literals = order_watches(self.trail, nogood.literals)
        domains = self.trail.domains
        if len(literals) > 1:
            for node, mask in literals[:2]:
                self.watching[node].setdefault(mask, []).append(nogood)
        if all(not domains[node] & ~mask for node, mask in literals[1:]):
            return self.restrict(literals[0][0], ~literals[0][1], nogood)
        return True

    # propagating

    def restrict(self, node: int, mask: int, reason: Reason) -> bool:
        """Leave of a node what lies in a mask; false, and a conflict, when that is nothing."""
        domain = self.trail.domains[node]
        if not domain & ~mask:
            return True
        if not self.trail.narrow(node, domain & mask, reason):
            self.conflict = node
            return False
        return True

    def propagate(self) -> bool:
        """Narrow domains until nothing changes; false when one becomes empty."""
        changed, pending, domains = self.trail.changed, self.trail.pending, self.trail.domains
        while changed:
            node = changed.popleft()
            pending.discard(node)
            domain = domains[node]
            if not domain & (domain - 1) and domain & ~self.expanded[node]:
                if not self.expand(node, domain):
                    return False
                if domains[node] != domain:
                    continue
            if domain == self.absent[node] and not self.trail.level:
                self.expand_askers(node)
            if not (
                self.push_needs(node, domain)
                and self.drop_unsupported(node, domain)
                and self.visit_nogoods(node)
            ):
                return False
        return True

    def expand_askers(self, node: int) -> None:
        """Nothing of a node will do, whatever is decided: get to know all who ask for it."""
        for relation in list(self.backward[node]):
            self.expand(relation.source, self.trail.domains[relation.source])

    def push_needs(self, node: int, domain: int) -> bool:
        """What every candidate left asks of another node holds there."""
        domains = self.trail.domains
        for relation in self.forward[node]:
            if domain & ~relation.asking:
                continue
            allowed = 0
            for mask, asking in relation.groups.items():
                if asking & domain:
                    allowed |= mask
            target = relation.target
            if domains[target] & ~allowed and not self.restrict(target, allowed, relation):
                return False
        return True

    def drop_unsupported(self, node: int, domain: int) -> bool:
        """A candidate goes when nothing is left of what it asks for."""
        domains = self.trail.domains
        for relation in self.backward[node]:
            source = relation.source
            if not relation.asking & domains[source]:
                continue
            gone = 0
            for mask, asking in relation.groups.items():
                if not mask & domain:
                    gone |= asking
            if gone & domains[source] and not self.restrict(source, ~gone, relation):
                return False
        return True

    def visit_nogoods(self, node: int) -> bool:
        """Where all literals but one hold, that one must not."""
        domain, watching = self.trail.domains[node], self.watching[node]
        held = [mask for mask in watching if not domain & ~mask]
        return all(self.visit_held((node, mask), watching.pop(mask)) for mask in held)

    def visit_held(self, held: Literal, nogoods: list[Nogood]) -> bool:
        """Look at the nogoods that watch a literal which has come to hold."""
        domains, kept = self.trail.domains, self.watching[held[0]].setdefault(held[1], [])
        for place, nogood in enumerate(nogoods):
            one, other = nogood.literals[:2]
            if one == held:
                one = other
            if not domains[one[0]] & one[1]:
                kept.append(nogood)
            elif not self.watch_another(nogood, one, held):
                kept.append(nogood)
                if not self.restrict(one[0], ~one[1], nogood):
                    kept += nogoods[place + 1 :]
                    return False
        return True

    def watch_another(self, nogood: Nogood, one: Literal, held: Literal) -> bool:
        """Watch a literal that does not hold instead of one that has come to hold."""
        literals, domains = nogood.literals, self.trail.domains
        for place in range(2, len(literals)):
            other, mask = literals[place]
            if domains[other] & ~mask:
                literals[0], literals[1], literals[place] = one, literals[place], held
                self.watching[other].setdefault(mask, []).append(nogood)
                return True
        return False
