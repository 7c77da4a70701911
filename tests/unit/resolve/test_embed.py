"""The resolver for the caller's own packages: what is asked, how often, and what comes back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import pytest

from ckpm.errors import RequirementSyntaxError, UndecidedError, UnsatisfiableError
from ckpm.model.resolution import Preferences
from ckpm.resolve import Terms, choose


class Shelf:
    """Packages as a mapping, and a record of what was asked."""

    def __init__(self, packages: dict[str, dict[str, list[str]]]) -> None:
        self.packages = packages
        self.asked: list[tuple[str, ...]] = []

    def versions(self, name: str) -> Iterable[str]:
        self.asked.append(("versions", name))
        return self.packages.get(name, {})

    def needs(self, name: str, version: str) -> Iterable[str]:
        self.asked.append(("needs", name, version))
        return self.packages[name][version]


class Announced(Shelf):
    def prefetch(self, names: Sequence[str]) -> None:
        self.asked.append(("prefetch", *names))


CAMERA = {
    "app": {"2": ["detector>=3", "screen"], "1": ["detector<3"]},
    "detector": {"3.1": ["kernels>=5"], "2.4": ["kernels<5"]},
    "kernels": {"5": [], "4.8": [], "4.7": []},
    "screen": {"1": []},
}


def chosen(requests: Sequence[str], shelf: Shelf, terms: Terms | None = None) -> dict[str, str]:
    made = choose(requests, shelf, terms)
    return {choice.candidate.package: str(choice.candidate.version) for choice in made}


def test_several_requirements_of_one_package_are_all_met() -> None:
    assert chosen(["kernels<5", "kernels!=4.8"], Shelf(CAMERA)) == {"kernels": "4.7"}
    with pytest.raises(UnsatisfiableError) as caught:
        chosen(["kernels<5", "kernels>=5"], Shelf(CAMERA))
    assert [reason["asks"] for reason in caught.value.conflict] == ["kernels<5", "kernels>=5"]


def test_asks_for_the_needs_of_nothing_but_the_chosen_when_nothing_clashes() -> None:
    shelf = Shelf(CAMERA)
    assert chosen(["app"], shelf) == {"app": "2", "detector": "3.1", "screen": "1", "kernels": "5"}
    needs = [asked for asked in shelf.asked if asked[0] == "needs"]
    assert set(needs) == {
        ("needs", "app", "2"),
        ("needs", "detector", "3.1"),
        ("needs", "screen", "1"),
        ("needs", "kernels", "5"),
    }


@pytest.mark.parametrize(
    ("requests", "terms"),
    [
        (["app"], Terms()),
        (["app", "kernels<5"], Terms()),
        (["app>=2", "kernels<5"], Terms()),
        (["app", "missing"], Terms()),
        (["app"], Terms(constraints=["kernels==4.7"])),
    ],
)
def test_asks_each_question_once_even_to_explain(requests: list[str], terms: Terms) -> None:
    shelf = Shelf(CAMERA)
    with suppress(UnsatisfiableError):
        choose(requests, shelf, terms)
    assert shelf.asked
    assert max(Counter(shelf.asked).values()) == 1


def test_tells_in_advance_whose_versions_it_will_ask_for() -> None:
    shelf = Announced(CAMERA)
    choose(["app", "kernels"], shelf)
    prefetched = [name for asked in shelf.asked if asked[0] == "prefetch" for name in asked[1:]]
    assert prefetched == ["detector", "screen"]
    for name in prefetched:
        place = next(i for i, asked in enumerate(shelf.asked) if name in asked[1:])
        assert shelf.asked[place][0] == "prefetch"


def test_a_constraint_requires_nothing() -> None:
    assert chosen(["screen"], Shelf(CAMERA), Terms(constraints=["kernels<5"])) == {"screen": "1"}
    held = chosen(["app"], Shelf(CAMERA), Terms(constraints=["kernels<5"]))
    assert held == {"app": "1", "detector": "2.4", "kernels": "4.8"}


def test_keeps_what_is_locked_unless_it_must_move() -> None:
    locked = Terms(locked={"app": "1", "kernels": "4.7"})
    assert chosen(["app"], Shelf(CAMERA), locked)["kernels"] == "4.7"
    assert chosen(["app>=2"], Shelf(CAMERA), locked)["kernels"] == "5"


def test_prefers_as_it_is_told_also_by_name() -> None:
    assert chosen(["app"], Shelf(CAMERA), Terms(prefer="lowest"))["kernels"] == "4.7"
    mixed = Terms(prefer=Preferences("lowest", {"kernels": "newest"}))
    assert chosen(["app"], Shelf(CAMERA), mixed)["kernels"] == "4.8"


def test_repeats_the_caller_s_reason_for_an_exclusion() -> None:
    terms = Terms(excluded={"kernels": {"5": "has a bug"}})
    assert chosen(["app"], Shelf(CAMERA), terms)["app"] == "1"
    with pytest.raises(UnsatisfiableError) as refused:
        choose(["app>=2"], Shelf(CAMERA), terms)
    assert "`kernels 5` is out: has a bug" in refused.value.lines


def test_gives_the_conflict_and_what_would_help_as_data() -> None:
    with pytest.raises(UnsatisfiableError) as refused:
        choose(["app>=2", "kernels<5"], Shelf(CAMERA))
    error = refused.value
    assert [(reason["asker"], reason["asks"]) for reason in error.conflict] == [
        ("the request", "app>=2"),
        ("the request", "kernels<5"),
        ("app", "detector>=3"),
        ("detector", "kernels>=5"),
    ]
    assert [(remedy.kind, remedy.about) for remedy in error.remedies] == [
        ("version", "app>=2"),
        ("version", "kernels<5"),
    ]


def test_each_choice_says_who_wants_it_and_what_it_needs() -> None:
    app, detector, *_ = choose(["app"], Shelf(CAMERA))
    assert [str(r) for r in app.wanted_by] == ["app"]
    assert [str(r) for r, _ in app.needs] == ["detector>=3", "screen"]
    assert [str(c) for _, c in app.needs] == ["detector 3.1", "screen 1"]
    assert [str(r) for r in detector.wanted_by] == ["detector>=3"]


def pigeons(count: int) -> Shelf:
    """One pigeon more than holes: no answer, and a long way to find that out."""
    holes = range(1, count)
    packages = {f"pigeon{p}": {str(h): [f"hole{h}=={p + 1}"] for h in holes} for p in range(count)}
    packages |= {f"hole{h}": {str(p + 1): [] for p in range(count)} for h in holes}
    return Shelf({name: dict(versions) for name, versions in packages.items()})


def test_stops_when_the_time_is_over_and_says_what_it_had() -> None:
    shelf = pigeons(14)
    with pytest.raises(UndecidedError) as stopped:
        choose([f"pigeon{p}" for p in range(14)], shelf, Terms(timeout_s=0.05))
    assert stopped.value.known
    assert "neither yes nor no" in stopped.value.message


def test_stops_when_the_caller_says_so() -> None:
    calls: Iterator[bool] = iter([False, False, True])
    with pytest.raises(UndecidedError):
        choose(
            [f"pigeon{p}" for p in range(14)],
            pigeons(14),
            Terms(should_stop=lambda: next(calls, True)),
        )


def test_what_the_caller_raises_goes_through() -> None:
    class Broken(Shelf):
        def needs(self, name: str, version: str) -> Iterable[str]:
            raise ConnectionError("the index is away")

    with pytest.raises(ConnectionError, match="the index is away"):
        choose(["app"], Broken(CAMERA))


def test_a_need_that_cannot_be_read_is_an_error_of_ours() -> None:
    with pytest.raises(RequirementSyntaxError):
        choose(["a"], Shelf({"a": {"1": ["b>>2"]}}))


def test_is_quick_with_ten_thousand_versions_of_one_package() -> None:
    many = {str(v): ["b>=9999"] for v in range(10_000)}
    shelf = Shelf({"a": many, "b": {str(v): [] for v in range(10_000)}, "c": {"1": ["b<5"]}})
    assert chosen(["a", "b"], shelf) == {"a": "9999", "b": "9999"}
    with pytest.raises(UnsatisfiableError) as refused:
        choose(["a", "c"], shelf)
    assert len(refused.value.lines) < 8


def test_loads_nothing_but_what_it_names() -> None:
    program = (
        "import sys; from ckpm.resolve import choose; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'yaml', 'requests', 'tqdm', 'distro', 'filelock', 'uv', 'pypi_simple', 'argparse'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
