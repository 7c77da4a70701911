"""The example in resolvelib's place: with providers that were written for resolvelib."""

from __future__ import annotations

import importlib.util
import json
import os
import runpy
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import resolvelib
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep

from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate
from ckpm.model.version import Version
from ckpm.resolve.core import solve
from ckpm.resolve.problem import Edge, Key, Node, Problem

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "in_resolvelibs_place.py"
DATA = Path(os.environ.get("CKPM_TEST_DATA", ROOT.parent / "shared" / "data")) / "solver-cases"
FILES = ["resolvelib-cocoapods", "resolvelib-python", "resolvelib-swift", "resolvelib-wrong"]

if not EXAMPLE.is_file():
    pytest.skip("the documentation is not beside these tests", allow_module_level=True)


def load_example() -> Any:
    spec = importlib.util.spec_from_file_location(EXAMPLE.stem, EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    # Its dataclasses look up their own module.
    module = sys.modules[EXAMPLE.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


example = load_example()


def answer(packages: Any, *requirements: Any, max_rounds: int = 100) -> dict[str, int]:
    resolver = example.Resolver(example.Shelf(packages), BaseReporter())
    mapping = resolver.resolve(requirements, max_rounds=max_rounds).mapping
    return {name: version for name, (_, version) in mapping.items()}


def causes(packages: Any, *requirements: Any) -> list[Any]:
    with pytest.raises(ResolutionImpossible) as caught:
        answer(packages, *requirements)
    return [tuple(cause) for cause in caught.value.causes]


# published problems


def cases() -> list[Any]:
    if not DATA.is_dir():
        return [
            pytest.param(None, marks=pytest.mark.skip(reason=f"no solver cases at {DATA.name}"))
        ]
    return [
        pytest.param(case, id=f"{file}-{case['id']}")
        for file in FILES
        for case in json.loads((DATA / f"{file}.json").read_text(encoding="utf-8"))
    ]


class Published(AbstractProvider[Any, Any, Any]):
    """A candidate is a name with the index of its version; a requirement, a name with indices."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.packages = case["packages"]
        self.deps = case["deps"]
        self.root = [self.read(need) for need in case["root"]]

    def read(self, need: Any) -> tuple[str, list[int]]:
        name, spans = need
        known = range(len(self.packages[name]))
        return name, [n for n in known if any(first <= n < end for first, end in spans)]

    def identify(self, requirement_or_candidate: Any) -> Any:
        return requirement_or_candidate[0]

    def find_matches(self, identifier: Any, requirements: Any, incompatibilities: Any) -> Any:
        wanted = set(range(len(self.packages[identifier])))
        wanted = wanted.intersection(*(numbers for _, numbers in requirements[identifier]))
        wanted -= {number for _, number in incompatibilities[identifier]}
        return lambda: ((identifier, number) for number in sorted(wanted, reverse=True))

    def is_satisfied_by(self, requirement: Any, candidate: Any) -> bool:
        return candidate[1] in requirement[1]

    def get_dependencies(self, candidate: Any) -> Any:
        name, number = candidate
        needs = self.deps.get(name, {}).get(str(self.packages[name][number]), [])
        return [self.read(need) for need in needs]


def plain(provider: Published) -> Problem:
    """Return the problem as one that is known from the start."""
    names = list(provider.packages)
    last = {name: len(versions) - 1 for name, versions in provider.packages.items()}

    def edges(needs: Iterable[tuple[str, list[int]]]) -> tuple[Edge, ...]:
        return tuple(
            Edge(Requirement(t), names.index(t), sum(1 << (last[t] - n) for n in numbers))
            for t, numbers in needs
        )

    nodes = []
    for name in names:
        newest_first = [(name, number) for number in range(last[name], -1, -1)]
        candidates = tuple(Candidate(name, Version(str(number))) for _, number in newest_first)
        needs = [edges(provider.get_dependencies(candidate)) for candidate in newest_first]
        nodes.append(Node(Key(name, ""), candidates, needs))
    return Problem(edges(provider.root), nodes)


@pytest.mark.parametrize("case", cases())
def test_answers_published_problems_as_if_all_were_known_before(case: dict[str, Any]) -> None:
    provider = Published(case)
    problem = plain(provider)
    expected = solve(problem)
    assert case["expect"].get("sat") in (None, expected is not None)
    resolver = example.Resolver(provider, BaseReporter())
    if expected is None:
        with pytest.raises(ResolutionImpossible) as caught:
            resolver.resolve(provider.root)
        assert caught.value.causes
    else:
        chosen = [problem.nodes[node].candidates[n] for node, n in expected.items()]
        versions = {c.package: (c.package, int(c.version.text)) for c in chosen}
        assert resolver.resolve(provider.root).mapping == versions


# answers


def test_answers_where_resolvelib_reports_a_false_conflict() -> None:
    assert answer(example.PACKAGES, ("app", [1, 2])) == {"app": 2, "detector": 1}
    theirs = resolvelib.Resolver(example.Shelf(example.PACKAGES), BaseReporter())
    try:
        theirs.resolve([("app", [1, 2])])
    except ResolutionImpossible:
        return
    pytest.skip(f"resolvelib {resolvelib.__version__} has this case of its issue 206 right")


def test_packages_may_need_each_other() -> None:
    packages = {
        "a": {1: {"b": [1]}, 2: {"b": [2]}},
        "b": {1: {"a": [1]}, 2: {"a": [1, 2], "b": [2]}, 3: {"a": [1, 2, 3]}},
    }
    assert answer(packages, ("a", [1, 2])) == {"a": 2, "b": 2}
    assert answer(packages, ("b", [1, 2, 3])) == {"b": 2, "a": 2}


# What the best `a` needs is looked at before what `b` needs: so of `x`, only 1 is known at first.
GROWING: Any = {
    "a": {2: {"x": [1], "gone": [1]}, 1: {}},
    "b": {1: {"x": [3, 2, 1]}, 2: {"x": [3, 2, 1]}},
    "x": {1: {}, 2: {}, 3: {}},
}
ANY = ("a", [1, 2]), ("b", [1, 2])


def test_prefers_what_the_provider_does_whichever_came_up_first() -> None:
    assert answer(GROWING, *ANY) == {"a": 1, "b": 2, "x": 3}


def test_nothing_is_impossible_before_all_has_come_up() -> None:
    packages = {**GROWING, "b": {1: {"x": [2]}, 2: {"x": [2]}}}
    assert answer(packages, *ANY) == {"a": 1, "b": 2, "x": 2}


def test_gives_up_after_so_many_rounds() -> None:
    with pytest.raises(ResolutionTooDeep):
        answer(GROWING, *ANY, max_rounds=1)


def test_gives_up_after_so_many_conflicts() -> None:
    pigeons = [(f"pigeon{n}", [1, 2]) for n in (1, 2, 3)]
    packages: Any = {
        name: {hole: {f"hole{hole}": [n]} for hole in (1, 2)} for n, (name, _) in enumerate(pigeons)
    }
    packages |= {f"hole{hole}": {0: {}, 1: {}, 2: {}} for hole in (1, 2)}
    asked = [("hole1", [0, 1, 2]), ("hole2", [0, 1, 2]), *pigeons]
    with pytest.raises(ResolutionTooDeep):
        answer(packages, *asked, max_rounds=1)
    assert causes(packages, *asked)


# causes


def test_names_the_requirements_that_cannot_be_met_together() -> None:
    packages = {
        "app": {1: {"lib": [1], "log": [1]}},
        "tool": {1: {"log": [1], "lib": [2]}},
        "lib": {1: {}, 2: {}},
        "log": {1: {}},
    }
    assert causes(packages, ("app", [1]), ("tool", [1])) == [
        (("lib", [1]), ("app", 1)),
        (("lib", [2]), ("tool", 1)),
    ]


def test_causes_are_named_when_all_has_come_up() -> None:
    packages = {
        "a": {1: {"x": [1]}},
        "b": {1: {"c": [1]}},
        "c": {1: {"x": [2]}},
        "x": {1: {}, 2: {}},
    }
    assert causes(packages, ("a", [1]), ("b", [1])) == [
        (("x", [1]), ("a", 1)),
        (("x", [2]), ("c", 1)),
    ]


def test_what_nobody_has_is_the_callers_requirement_alone() -> None:
    assert causes({"a": {1: {}}}, ("a", [1]), ("nothing", [1])) == [(("nothing", [1]), None)]


def test_a_conflict_without_an_end_is_told_whole() -> None:
    packages = {"a": {1: {"b": [1]}}, "b": {1: {"a": [2]}}}
    assert causes(packages, ("a", [1])) == [
        (("a", [1]), None),
        (("b", [1]), ("a", 1)),
        (("a", [2]), ("b", 1)),
    ]


# the interface


def test_the_result_says_who_needs_what() -> None:
    packages = {"a": {1: {"c": [1, 2]}}, "b": {1: {"c": [1]}}, "c": {1: {}, 2: {}}}
    resolver = example.Resolver(example.Shelf(packages), BaseReporter())
    result = resolver.resolve([("a", [1]), ("b", [1])])
    assert list(result.mapping) == ["a", "b", "c"]
    assert set(result.graph.iter_edges()) == {(None, "a"), (None, "b"), ("a", "c"), ("b", "c")}
    asked = result.criteria["c"]
    assert asked.candidates == [("c", 1)]
    assert asked.information == [(("c", [1, 2]), ("a", 1)), (("c", [1]), ("b", 1))]


class Counting(example.Shelf):
    """Counts what it is asked for, by identifier or candidate."""

    def __init__(self, packages: Any) -> None:
        super().__init__(packages)
        self.asked: Counter[Any] = Counter()

    def find_matches(self, identifier: Any, requirements: Any, incompatibilities: Any) -> Any:
        self.asked[identifier] += 1
        return super().find_matches(identifier, requirements, incompatibilities)

    def get_dependencies(self, candidate: Any) -> Any:
        self.asked[candidate] += 1
        return super().get_dependencies(candidate)


def test_asks_only_for_what_is_reached_and_only_once() -> None:
    provider = Counting({**GROWING, "x": {3: {"y": [1]}, 2: {}, 1: {}}, "y": {1: {"x": [3, 2, 1]}}})
    example.Resolver(provider, BaseReporter()).resolve(ANY)
    looked_at = ["a", ("a", 2), "gone", ("a", 1), "b", ("b", 2), ("x", 1), ("x", 3), "y", ("y", 1)]
    assert provider.asked == {**dict.fromkeys(looked_at, 1), "x": 2}


class Demanding(AbstractProvider[Any, Any, Any]):
    """Relies on all that resolvelib promises: names of arguments, a requirement, new iterators."""

    def identify(self, requirement_or_candidate: Any) -> Any:
        return requirement_or_candidate["name"]

    def find_matches(self, *, identifier: Any, requirements: Any, incompatibilities: Any) -> Any:
        wanted = next(requirements[identifier])["versions"]
        assert [need["versions"] for need in requirements[identifier]] == [wanted]
        assert not list(incompatibilities[identifier])
        assert "another" not in requirements
        yield from ({"name": identifier, "version": n} for n in (2, 1, 1) if n in wanted)

    def is_satisfied_by(self, *, requirement: Any, candidate: Any) -> bool:
        return candidate["version"] in requirement["versions"]

    def get_dependencies(self, *, candidate: Any) -> Any:
        if candidate["name"] == "a":
            yield {"name": "b", "versions": {1, 2}}
            yield {"name": "b", "versions": {1}}


class Listening(BaseReporter[Any, Any, Any]):
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def starting(self) -> None:
        self.heard.append("start")

    def adding_requirement(self, requirement: Any, parent: Any) -> None:
        self.heard.append((requirement["name"], parent and parent["name"]))

    def pinning(self, candidate: Any) -> None:
        self.heard.append((candidate["name"], candidate["version"]))

    def ending(self, state: Any) -> None:
        self.heard.append(list(state.mapping))


def test_providers_and_reporters_are_called_as_resolvelib_calls_them() -> None:
    reporter = Listening()
    result = example.Resolver(Demanding(), reporter).resolve([{"name": "a", "versions": {1, 2}}])
    assert result.mapping["b"] == {"name": "b", "version": 1}
    assert reporter.heard == [
        "start",
        ("a", None),
        ("b", "a"),
        ("b", "a"),
        ("a", 2),
        ("b", 1),
        ["a", "b"],
    ]


def test_the_page_shows_what_the_example_prints(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    page = (ROOT / "docs" / "howto" / "replace-resolvelib.md").read_text(encoding="utf-8")
    assert f"It prints:\n\n```text\n{capsys.readouterr().out}```\n" in page
