"""clingo: any answer, not the preferred one; grounding counts as loading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clingo import Control

from benchmarks.resolver.instances import Instance, Need, positions

NAME = "clingo"
DISTRIBUTION = "clingo"
WARM = "first"

RULES = """
wanted(R) :- root(R).
wanted(R) :- pick(P, V), need(P, V, R).
chosen(P) :- wanted(R), range(R, P).
1 { pick(P, V) : version(P, V) } 1 :- chosen(P).
met(R) :- range(R, P), pick(P, V), in(R, V).
:- wanted(R), not met(R).
#show pick/2.
"""

Prepared = tuple[Instance, Any]


def prepare(instance: Instance) -> Prepared:
    control = Control(["--warn=none"])
    control.add("base", [], RULES + "\n".join(_facts(instance)))
    control.ground([("base", [])])
    return instance, control


def _facts(instance: Instance) -> Iterator[str]:
    known: dict[Any, int] = {}

    def number(need: Need) -> int:
        return known.setdefault((need[0], tuple(map(tuple, need[1]))), len(known))

    yield from (f"root({number(need)})." for need in instance.root)
    for name in instance.reachable():
        count = len(instance.packages[name])
        yield f'version("{name}", 0..{count - 1}).' if count else ""
        for p in range(count):
            yield from (f'need("{name}",{p},{number(n)}).' for n in instance.needs(name, p))
    for (target, spans), identifier in known.items():
        yield f'range({identifier},"{target}").'
        fitting = positions(spans, len(instance.packages[target]))
        yield from (f"in({identifier},{p})." for p in fitting)


def solve(prepared: Prepared) -> dict[str, str] | None:
    instance, control = prepared
    with control.solve(yield_=True) as handle:
        for model in handle:
            pins = (symbol.arguments for symbol in model.symbols(shown=True))
            return {name.string: instance.packages[name.string][p.number] for name, p in pins}
    return None
