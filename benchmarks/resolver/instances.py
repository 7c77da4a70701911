"""The instances: files beside the checkout, or the same families made from a seed.

Versions are listed in ascending order of preference. A span ``[low, high)`` is a range of positions
in that list, so nothing here depends on a version scheme.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Span = Sequence[int]
Need = tuple[str, Sequence[Span]]
Answer = Mapping[str, str]

DATA = Path(os.environ.get("CKPM_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Instance:
    """One question: packages with their versions, what each version needs, what is asked for."""

    id: str
    packages: Mapping[str, Sequence[str]]
    deps: Mapping[str, Mapping[str, Sequence[Need]]]
    root: Sequence[Need]

    def needs(self, name: str, position: int) -> Sequence[Need]:
        """Return what the version at a position needs."""
        return self.deps.get(name, {}).get(self.packages[name][position], ())

    def reachable(self) -> list[str]:
        """Return the packages that any version of anything asked for can need, nearest first."""
        found = dict.fromkeys(name for name, _ in self.root)
        waiting = list(found)
        for name in waiting:
            targets = (t for needs in self.deps.get(name, {}).values() for t, _ in needs)
            new = [t for t in dict.fromkeys(targets) if t not in found]
            found.update(dict.fromkeys(new))
            waiting += new
        return waiting


def positions(spans: Sequence[Span], count: int) -> list[int]:
    """Return the positions below ``count`` that lie in any of the spans."""
    return sorted({p for low, high in spans for p in range(low, min(high, count))})


def mask(spans: Sequence[Span], count: int) -> int:
    """Return the same as bits."""
    bits = 0
    for low, high in spans:
        if low < min(high, count):
            bits |= (1 << min(high, count)) - (1 << low)
    return bits


def pruned(instance: Instance, pins: Mapping[str, int]) -> dict[str, str]:
    """Return the pins that something needs, as names and versions."""
    answer: dict[str, str] = {}
    waiting = [name for name, _ in instance.root]
    for name in waiting:
        if name not in answer:
            answer[name] = instance.packages[name][pins[name]]
            waiting += [target for target, _ in instance.needs(name, pins[name])]
    return answer


def fault(instance: Instance, answer: Answer) -> str:
    """Return what is wrong with an answer, or nothing."""
    pins = {}
    for name, version in answer.items():
        if version not in instance.packages.get(name, ()):
            return f"`{name}` has no version {version}"
        pins[name] = list(instance.packages[name]).index(version)
    askers = [("the request", instance.root)]
    askers += [(f"{name} {answer[name]}", instance.needs(name, pins[name])) for name in pins]
    return next((f"{asker} needs `{t}`, unmet" for asker, needs in askers for t, spans in needs
                 if not any(low <= pins.get(t, -1) < high for low, high in spans)), "")  # fmt: skip


RECORDED = {
    "recorded-pyrex": ("resolvelib-python", "python/pyrex-1.9.8"),
    "recorded-chalice": ("resolvelib-python", "python/chalice"),
    "recorded-cocoapods": ("resolvelib-cocoapods", "cocoapods/complex_conflict_unwinding"),
    "recorded-kitura": ("resolvelib-swift", "swift/kitura"),
}
"""Questions that real indexes put: file and case of the solver cases beside the checkout."""


def recorded(identifier: str) -> Instance:
    """Return a question as it was recorded."""
    file, name = RECORDED[identifier]
    cases = json.loads((DATA / "solver-cases" / f"{file}.json").read_text(encoding="utf-8"))
    case = next(case for case in cases if case["id"] == name)
    return Instance(identifier, case["packages"], case["deps"], case["root"])


def load(identifier: str, *, seed: int = 0, generated: bool = False) -> Instance:
    """Return an instance from its file, or made from the seed where there is no file."""
    if identifier in RECORDED:
        return recorded(identifier)
    path = DATA / "solver-bench" / f"{identifier}.json"
    if generated or not path.is_file():
        return FAMILIES[identifier](identifier, random.Random(seed))  # noqa: S311
    found = json.loads(path.read_text(encoding="utf-8"))
    case = found[0] if isinstance(found, list) else found
    return Instance(identifier, case["packages"], case["deps"], case["root"])


Make = Callable[[str, random.Random], Instance]
Needs = Callable[[str, int], Iterable[tuple[str, int, int]]]


def _instance(
    identifier: str, counts: Mapping[str, int], needs: Needs, root: Iterable[tuple[str, int, int]]
) -> Instance:
    packages = {name: [f"{v + 1}.0.0" for v in range(count)] for name, count in counts.items()}
    deps: dict[str, dict[str, list[Need]]] = {}
    for name, versions in packages.items():
        for position, version in enumerate(versions):
            found: list[Need] = [(t, [[low, high]]) for t, low, high in needs(name, position)]
            if found:
                deps.setdefault(name, {})[version] = found
    return Instance(identifier, packages, deps, [(t, [[low, high]]) for t, low, high in root])


def easy(identifier: str, chance: random.Random, count: int, versions: int = 20) -> Instance:
    """Acyclic, each version near its needs' versions; an upper bound now and then."""
    names = [f"p{i}" for i in range(count)]
    later = {
        name: chance.sample(names[i + 1 :], min(chance.randint(1, 4), count - 1 - i))
        if i < 3 or chance.random() < 0.8
        else []
        for i, name in enumerate(names)
    }

    def needs(name: str, v: int) -> Iterator[tuple[str, int, int]]:
        for target in later[name]:
            high = min(versions, v + 3) if chance.random() < 0.25 else versions
            yield target, max(0, v - chance.randint(2, 6)), high

    root = [(name, 0, versions) for name in names[:5]]
    return _instance(identifier, dict.fromkeys(names, versions), needs, root)


def closure(identifier: str, chance: random.Random, count: int, versions: int = 20) -> Instance:
    """Everything is needed and nothing conflicts."""
    later = [
        sorted({i + 1, *(min(count - 1, i + chance.randint(2, 50)) for _ in range(2))})
        for i in range(count)
    ]

    def needs(name: str, v: int) -> Iterator[tuple[str, int, int]]:
        i = int(name[1:])
        return ((f"p{t}", max(0, v - 5), versions) for t in later[i] if i < t < count)

    counts = {f"p{i}": versions for i in range(count)}
    return _instance(identifier, counts, needs, [("p0", 0, versions)])


def boto(identifier: str, _: random.Random, count: int, *, satisfiable: bool) -> Instance:
    """Pinned releases in lock-step, and one bound that only old or only new ones have."""
    half = count // 2
    table: dict[str, Callable[[int], list[tuple[str, int, int]]]] = {
        "boto3": lambda v: [
            ("botocore", v, v + 1),
            ("s3transfer", v * 20 // count, min(20, v * 20 // count + 2)),
        ],
        "botocore": lambda v: [("urllib3", 0, 15 if v < count * 3 // 4 else 20)],
        "s3transfer": lambda v: [("botocore", v * count // 20, count)],
        "urllib3": lambda _: [],
        "aiobotocore": lambda v: [("botocore", v, v + 1)],
        "s3fs": lambda v: [("aiobotocore", v, half), ("fsspec", v, v + 1)],
        "requests": lambda v: [("urllib3", v // 4, 20)],
        "fsspec": lambda _: [],
    }
    counts = dict(zip(table, (count, count, 20, 20, half, half, 40, half), strict=True))
    root = [("boto3", 0, count), ("s3fs", 0, half), ("requests", 0, 40)]
    root += [("urllib3", 0 if satisfiable else 16, 20)]
    return _instance(identifier, counts, lambda name, v: table[name](v), root)


def diamond(
    identifier: str, _: random.Random, depth: int, versions: int, *, satisfiable: bool
) -> Instance:
    """Two chains that meet in one package, which one of them wants old."""

    def needs(name: str, v: int) -> list[tuple[str, int, int]]:
        if name == "x":
            return []
        following = int(name[1:]) + 1
        if following < depth:
            low, high = (max(0, v - 1), v + 1) if name[0] == "a" else (0, versions)
            return [(f"{name[0]}{following}", low, high)]
        return [("x", 0, 1) if name[0] == "b" else ("x", v if satisfiable else max(1, v), versions)]

    names = [f"{side}{i}" for i in range(depth) for side in "ab"]
    counts = dict.fromkeys([*names, "x"], versions)
    return _instance(identifier, counts, needs, [("a0", 0, versions), ("b0", 0, versions)])


def bottom_core(identifier: str, _: random.Random, depth: int, versions: int) -> Instance:
    """A long chain, and a conflict only below its end."""

    def needs(name: str, _: int) -> list[tuple[str, int, int]]:
        if name[0] == "z":
            ends = {"zx": [("zz", 0, 1)], "zy": [("zz", 1, 2)]}
            return ends.get(name, [])
        following = int(name[1:]) + 1
        if following < depth:
            return [(f"f{following:02}", 0, versions)]
        return [("zx", 0, versions), ("zy", 0, versions)]

    counts = {f"f{i:02}": versions for i in range(depth)}
    counts |= {"zx": versions, "zy": versions, "zz": 2}
    return _instance(identifier, counts, needs, [("f00", 0, versions)])


def pigeonhole(identifier: str, _: random.Random, pigeons: int) -> Instance:
    """One hole too few; there is no short proof without learning."""

    def needs(name: str, v: int) -> list[tuple[str, int, int]]:
        pigeon = int(name.removeprefix("pig")) if name.startswith("pig") else -1
        return [(f"hole{v}", pigeon, pigeon + 1)] if pigeon >= 0 else []

    counts = {f"pig{i}": pigeons - 1 for i in range(pigeons)}
    counts |= {f"hole{i}": pigeons for i in range(pigeons - 1)}
    root = [(f"pig{i}", 0, pigeons - 1) for i in range(pigeons)]
    return _instance(identifier, counts, needs, root)


def queens(identifier: str, _: random.Random, size: int) -> Instance:
    """One queen a row; columns and diagonals are packages that take one row."""

    def needs(name: str, v: int) -> list[tuple[str, int, int]]:
        if name[0] != "q":
            return []
        row = int(name[1:])
        lines = (f"c{v}", f"d{row + v}", f"e{row - v + size - 1}")
        return [(line, row, row + 1) for line in lines]

    counts = {f"q{i}": size for i in range(size)} | {f"c{i}": size for i in range(size)}
    counts |= {f"{side}{i}": size for i in range(2 * size - 1) for side in "de"}
    return _instance(identifier, counts, needs, [(f"q{i}", 0, size) for i in range(size)])


def cyclic(identifier: str, chance: random.Random, count: int, versions: int) -> Instance:
    """Anything needs anything, within a few versions of a random one."""
    names = [f"p{i}" for i in range(count)]

    def needs(name: str, _: int) -> Iterator[tuple[str, int, int]]:
        others = [other for other in names if other != name]
        for target in chance.sample(others, chance.choice((1, 2, 2, 3))):
            middle = chance.randrange(2, versions - 1)
            low, high = middle - chance.randint(2, 4), middle + chance.randint(2, 4)
            yield target, max(0, low), min(versions, high)

    root = [(name, 0, versions) for name in names[:3]]
    return _instance(identifier, dict.fromkeys(names, versions), needs, root)


def _of(make: Callable[..., Instance], *arguments: int, **options: Any) -> Make:  # noqa: ANN401
    return lambda identifier, chance: make(identifier, chance, *arguments, **options)


FAMILIES: dict[str, Make] = {
    "easy-100x20": _of(easy, 100),
    "easy-1000x20": _of(easy, 1000),
    "closure-100x20": _of(closure, 100),
    "closure-300x20": _of(closure, 300),
    "closure-1000x20": _of(closure, 1000),
    "boto-60-sat": _of(boto, 60, satisfiable=True),
    "boto-200-sat": _of(boto, 200, satisfiable=True),
    "boto-60-unsat": _of(boto, 60, satisfiable=False),
    "boto-200-unsat": _of(boto, 200, satisfiable=False),
    "diamond-10x10-sat": _of(diamond, 10, 10, satisfiable=True),
    "diamond-10x10-unsat": _of(diamond, 10, 10, satisfiable=False),
    "bottomcore-5x5": _of(bottom_core, 5, 5),
    "bottomcore-30x10": _of(bottom_core, 30, 10),
    "pigeon-6": _of(pigeonhole, 6),
    "pigeon-8": _of(pigeonhole, 8),
    "pigeon-10": _of(pigeonhole, 10),
    "queens-8": _of(queens, 8),
    "rnd-40x10-s0": _of(cyclic, 40, 10),
    "rnd-40x10-s1": lambda identifier, chance: cyclic(
        identifier, random.Random(chance.random()), 40, 10  # noqa: S311
    ),
}  # fmt: skip
