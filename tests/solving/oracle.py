"""An oracle for problem files, written from `docs/reference/problem-file.md` alone.

It reads the plain document and asks a SAT solver, so it shares neither a reading nor a search with
the resolver: where they disagree, one of them is wrong, or the specification is unclear.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product
from typing import Any, NamedTuple

from pysat.solvers import Cadical153

from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.version import InvalidVersionError, Version

KEYS = {"needs", "conflicts", "provides", "tools", "options", "coexist", "prefer"}
DEEPEST_SCOPE = 6
GIVEN_ORDER: dict[str, Any] = {
    "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

requirement_of = lru_cache(maxsize=65536)(parse_requirement)
version_of: Any = lru_cache(maxsize=65536)(Version)


class Candidate(NamedTuple):
    """What stands in a scope: a package with a version and a value for each option."""

    scope: str
    package: str
    version: str
    options: tuple[tuple[str, str], ...] = ()


class World:
    """What a problem document says, read literally."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.scheme: Any = document.get("scheme", "generic")
        self.packages: dict[str, Any] = document.get("packages") or {}
        self.requires = [requirement_of(text) for text in document.get("requires") or ()]
        self.constraints = [requirement_of(text) for text in document.get("constraints") or ()]
        self.excluded: dict[str, Any] = document.get("excluded") or {}
        self.candidates = {name: list(self._candidates(name)) for name in self.packages}
        self.offers: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
        every = (c for known in self.candidates.values() for c in known)
        for candidate in (c for c in every if c.version not in self.excluded.get(c.package, ())):
            self.offers[candidate.package].append((candidate.version, candidate))
            for name, version in self._provided(candidate).items():
                self.offers[name].append((version, candidate))

    def coexist(self, package: str) -> list[str]:
        return self.packages.get(package, {}).get("coexist") or []

    def asked(self, asker: Candidate, field: str) -> list[tuple[Candidate | None, Requirement]]:
        """Return the needs or the tools that hold for these option values."""
        listed = self._listed(asker, field)
        items = [item if isinstance(item, dict) else {"need": item} for item in listed]
        holding = (i for i in items if set(i.get("when", {}).items()) <= set(asker.options))
        return [(asker, requirement_of(item["need"])) for item in holding]

    def meeting(self, wanted: Requirement, scope: str, *, usual: bool = True) -> set[Candidate]:
        """Return what is or provides that name in the range and with the options."""
        offers = self.offers.get(wanted.package, [])
        if usual and not any(self._is_prerelease(c.version) for c in wanted.range.clauses):
            offers = [offer for offer in offers if not self._is_prerelease(offer[0])] or offers
        within = (c for version, c in offers if self._within(version, c, wanted))
        return {candidate._replace(scope=scope) for candidate in within}

    def faults(self, chosen: Candidate) -> Iterator[str]:
        """Yield what forbids it, whatever else is chosen."""
        if chosen._replace(scope="") not in self.candidates.get(chosen.package, ()):
            yield f"{chosen} does not exist"
        if chosen.version in (self.excluded.get(chosen.package) or ()):
            yield f"{chosen} is excluded"
        for constraint in () if chosen.scope else self.constraints:
            named = constraint.package == chosen.package
            if named and not self._within(chosen.version, chosen, constraint):
                yield f"{chosen} is not within {constraint}"

    def clashes(self, chosen: list[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
        """Yield the pairs that cannot stand beside each other in their scope."""
        places: dict[Any, list[Candidate]] = defaultdict(list)
        for one in chosen:
            told_apart = tuple(o for o in one.options if o[0] in self.coexist(one.package))
            place = places[one.scope, one.package, told_apart]
            yield from ((one, other) for other in place)
            place.append(one)
            for conflict in map(requirement_of, self._listed(one, "conflicts")):
                others = self.meeting(conflict, one.scope, usual=False) - {one}
                yield from ((one, other) for other in others.intersection(chosen))

    def _candidates(self, package: str) -> Iterator[Candidate]:
        fields = self.packages[package]
        for version in fields.keys() - KEYS:
            options = (fields.get("options") or {}) | ((fields[version] or {}).get("options") or {})
            for values in product(*(options[name] for name in sorted(options))):
                pairs = tuple(zip(sorted(options), values, strict=True))
                yield Candidate("", package, version, pairs)

    def _listed(self, candidate: Candidate, field: str) -> list[Any]:
        package = self.packages.get(candidate.package, {})
        version = package.get(candidate.version) or {}
        return [*(package.get(field) or ()), *(version.get(field) or ())]

    def _provided(self, candidate: Candidate) -> dict[str, str]:
        """Return at which version it provides each name; what stands last holds."""
        found: dict[str, str] = {}
        for offered in map(requirement_of, self._listed(candidate, "provides")):
            clauses = offered.range.clauses
            found[offered.package] = clauses[0].version if clauses else candidate.version
        found.pop(candidate.package, None)
        return found

    def _is_prerelease(self, version: str) -> bool:
        try:
            return self.scheme != "given" and bool(version_of(version, self.scheme).is_prerelease)
        except InvalidVersionError:
            return False

    def _within(self, version: str, candidate: Candidate, wanted: Requirement) -> bool:
        if not set(wanted.options) <= set(candidate.options):
            return False
        if self.scheme != "given":
            return bool(version_of(version, self.scheme) in wanted.range)
        listed = self.packages.get(wanted.package, {})
        ranks = {text: rank for rank, text in enumerate(listed)}
        return all(
            (version == c.version) == (c.operator == "==")
            if c.operator in ("==", "!=")
            else GIVEN_ORDER[c.operator](
                ranks.get(version, math.nan), ranks.get(c.version, math.nan)
            )
            for c in wanted.range.clauses
        )


def tool_scope(candidate: Candidate) -> str:
    return f"{candidate.scope}/{candidate.package}".lstrip("/")


class Oracle:
    """Whether a problem has an answer at all."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.world = World(document)
        self.literals: dict[Any, int] = defaultdict(lambda: len(self.literals) + 1)
        self.opened: set[str] = set()
        self.selectable: dict[Candidate | None, set[Any]] = defaultdict(set)  # by who asks

    def is_satisfiable(self) -> bool:
        """Return the answer; raise `RecursionError` if it hangs on tools of tools of tools ..."""
        with Cadical153() as self.solver:
            self._open("", [(None, wanted) for wanted in self.world.requires])
            while self.solver.solve(assumptions=[self.literals["shallow"]]):
                unopened = self._unopened(set(self.solver.get_model()))
                if not unopened:
                    return True
                for scope, package in unopened:
                    self._open_tools(scope, package)
            if self.solver.solve():
                raise RecursionError("tools need tools without end")
            return False

    def _unopened(self, model: set[int]) -> set[tuple[str, str]]:
        """Return whose tools are needed, passing over what was chosen without a reason."""
        reached: list[Candidate | None] = [None]
        for asker in reached:
            selected = {c for g, c in self.selectable[asker] if self.literals[g, c] in model}
            reached.extend(selected.difference(reached))
        tooled = (c for c in reached if c is not None and self.world.asked(c, "tools"))
        return {(c.scope, c.package) for c in tooled if tool_scope(c) not in self.opened}

    def _open_tools(self, scope: str, package: str) -> None:
        askers = [c._replace(scope=scope) for c in self.world.candidates[package]]
        asked = [demand for asker in askers for demand in self.world.asked(asker, "tools")]
        inner = tool_scope(askers[0])
        if inner.count("/") < DEEPEST_SCOPE:
            self._open(inner, asked)
        else:
            self._state([-self.literals["shallow"], -self.literals[asker]] for asker, _ in asked)

    def _open(self, scope: str, asked: list[tuple[Candidate | None, Requirement]]) -> None:
        """State the rules of one scope, over all that can be reached in it."""
        groups: dict[Any, list[Any]] = defaultdict(list)
        chosen: set[Candidate] = set()
        for asker, wanted in asked:
            meeting = self.world.meeting(wanted, scope)
            group = scope, wanted.identity(self.world.coexist(wanted.package))
            groups[group].append((asker, meeting))
            for package in {candidate.package for candidate in meeting - chosen}:
                known = [c._replace(scope=scope) for c in self.world.candidates[package]]
                chosen.update(known)
                asked.extend(demand for c in known for demand in self.world.asked(c, "needs"))
        for group, demands in groups.items():
            self._one_for_all(group, demands)
        self._state([-self.literals[c]] for c in chosen if any(self.world.faults(c)))
        clashes = self.world.clashes(list(chosen))
        self._state([-self.literals[one] for one in clash] for clash in clashes)
        self.opened.add(scope)

    def _one_for_all(self, group: Any, demands: list[Any]) -> None:
        known = set().union(*(meeting for _, meeting in demands))
        selected = {candidate: self.literals[group, candidate] for candidate in known}
        self._state([-literal, self.literals[c]] for c, literal in selected.items())
        self._state([-one, -two] for one, two in combinations(selected.values(), 2))
        for asker, meeting in demands:
            self.selectable[asker] |= {(group, candidate) for candidate in meeting}
            unless = [-self.literals[asker]] if asker else []
            self._state([[*unless, *(selected[c] for c in meeting)]])
            self._state([*unless, -selected[c]] for c in known - meeting)

    def _state(self, clauses: Iterable[list[int]]) -> None:
        self.solver.append_formula(clauses)


def violations(document: dict[str, Any], answer: Iterable[dict[str, Any]]) -> list[str]:
    """Return every rule that an answer breaks: a list of package, version, options, scope."""
    world = World(document)
    chosen = []
    for item in answer:
        options = tuple(sorted((item.get("options") or {}).items()))
        chosen.append(Candidate(item["scope"], item["package"], item["version"], options))
    demands = [("", wanted) for wanted in world.requires]
    for one in chosen:
        demands += [(one.scope, wanted) for _, wanted in world.asked(one, "needs")]
        demands += [(tool_scope(one), wanted) for _, wanted in world.asked(one, "tools")]
    groups: dict[Any, set[Requirement]] = defaultdict(set)
    for scope, wanted in demands:
        groups[scope, wanted.identity(world.coexist(wanted.package))].add(wanted)
    found = [fault for one in chosen for fault in world.faults(one)]
    found += [f"{one} stands beside {other}" for one, other in world.clashes(chosen)]
    for (scope, _), asked in groups.items():
        if not set(chosen).intersection(*(world.meeting(wanted, scope) for wanted in asked)):
            found.append(f"nothing in `{scope}` meets {' and '.join(sorted(map(str, asked)))}")
    return found
