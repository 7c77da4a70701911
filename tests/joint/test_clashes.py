"""Real packages whose transitive needs clash: fixing one ecosystem first fails, ckpm does not."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.errors import Remedy
from ckpm.model.refusals import ClosureConflictError

EXPLANATIONS = sorted(
    (Path(__file__).parents[1] / "cases" / "explanations" / "joint").glob("*.txt")
)
OURS = re.compile("error: |hint: |.* is asked for by ")
WEIGHTS = """\
kind: model
sources:
  - {from: manual, versions: ["2"], instructions: a form, needs: ["torch>=2.6"]}
  - {from: manual, versions: ["1"], instructions: a form, needs: ["torch>=2.0,<2.6"]}
"""
CONVERTED = """\
kind: model
sources:
  - from: build
    system: commands
    versions: ["1"]
    urls: ["http://127.0.0.1:9/model-1.tar"]
    size: 4
    sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    tools: ["tensorflow==2.13.1", torch]
    steps: [["{tools.python}", "-c", "pass"]]
"""


def chosen(prepared: Any, *names: str) -> dict[str, str]:
    return {p.name: p.version for p in prepared.locked.packages if p.name in names}


def closed(prepared: Any, *names: str) -> dict[str, str]:
    closure = prepared.locked.closure()
    return {d.name: d.version for d in closure.distributions if d.name in names}


def assert_first_proposal_is_refused(
    world: Any, *requirements: str, scope: str = ""
) -> ClosureConflictError:
    """Prove the counterfactual: the solver alone, and then uv, come to nothing."""
    with pytest.raises(ClosureConflictError) as refusal:
        world.closure_of(world.first_proposal(*requirements), scope)
    return refusal.value


@pytest.mark.parametrize(
    ("asked", "clash", "answer", "questions"),
    [
        (
            ["tensorflow<2.21", "mediapipe<0.10.22"],
            "protobuf",
            {"tensorflow": "2.19.1", "mediapipe": "0.10.21"},
            4,
        ),
        (
            ["mediapipe<0.10.22", "tensorflow<2.21"],
            "protobuf",
            {"tensorflow": "2.19.1", "mediapipe": "0.10.21"},
            3,
        ),
        (
            ["tensorflow==2.13.1", "torch<2.7"],
            "typing-extensions",
            {"tensorflow": "2.13.1", "torch": "2.1.2"},
            3,
        ),
        (
            ["tensorflow==2.13.1", "fastapi<0.116"],
            "typing-extensions",
            {"tensorflow": "2.13.1", "fastapi": "0.103.2"},
            3,
        ),
        (
            ["tensorflow==2.17.1", "jax<0.7"],
            "ml-dtypes",
            {"tensorflow": "2.17.1", "jax": "0.5.3"},
            3,
        ),
        (
            ["tensorflow<2.21", "tf2onnx>=1.15"],
            "protobuf",
            {"tensorflow": "2.19.1", "tf2onnx": "1.16.1"},
            7,
        ),
    ],
    ids=["mediapipe", "mediapipe first", "torch", "fastapi", "jax", "tf2onnx"],
)
def test_a_clash_further_down_moves_what_may_move(
    world: Any, asked: list[str], clash: str, answer: dict[str, str], questions: int
) -> None:
    for name in ("mediapipe", "torch", "fastapi", "tf2onnx"):
        world.distribution(name)
    assert clash in assert_first_proposal_is_refused(world, *asked).text
    prepared = world.prepare(*asked)
    assert chosen(prepared, *answer) == answer
    assert closed(prepared, *answer) == answer
    assert world.questions_about_closures == questions


def test_the_model_moves_where_no_version_of_its_runtime_will_do(world: Any) -> None:
    # Weights are no Python package: whoever takes the newest ones first needs a newer PyTorch.
    world.distribution("torch")
    world.recipe("weights", WEIGHTS)
    asked = ("weights", "tensorflow==2.13.1")
    assert "typing-extensions" in assert_first_proposal_is_refused(world, *asked).text
    assert world.first_proposal(*asked).find("weights").version.text == "2"
    prepared = world.prepare(*asked)
    answer = {"weights": "1", "tensorflow": "2.13.1", "torch": "2.1.2"}
    assert chosen(prepared, *answer) == answer
    # Three for each Python that the weights preferred, and the answer.
    assert world.questions_about_closures == 7


def test_the_interpreter_moves_where_a_need_further_down_has_no_wheel_for_it(world: Any) -> None:
    world.distribution("tf-keras")
    refusal = assert_first_proposal_is_refused(world, "tf-keras==2.16.*")
    assert "tensorflow>=2.16,<2.17" in refusal.text
    prepared = world.prepare("tf-keras==2.16.*")
    assert chosen(prepared, "tf-keras") == {"tf-keras": "2.16.0"}
    assert chosen(prepared, "python")["python"].startswith("3.12.")
    assert closed(prepared, "tensorflow") == {"tensorflow": "2.16.2"}


def test_the_tools_of_a_package_clash_in_their_own_scope_alone(world: Any) -> None:
    for name in ("mediapipe", "torch"):
        world.distribution(name)
    world.recipe("converted", CONVERTED)
    asked = ("tensorflow==2.20.0", "converted")
    assert_first_proposal_is_refused(world, *asked, scope="converted")
    prepared = world.prepare(*asked)
    tools = {p.name: p.version for p in prepared.locked.in_scope("converted")}
    assert (tools["tensorflow"], tools["torch"]) == ("2.13.1", "2.1.2")
    assert {p.name: p.version for p in prepared.locked.in_scope()}["tensorflow"] == "2.20.0"


@pytest.mark.parametrize(
    "asked",
    [
        ("tensorflow==2.20.0", "mediapipe==0.10.21"),
        ("tensorflow>=2.20,<2.21", "mediapipe<0.10.22"),
    ],
)
def test_what_cannot_be_is_told_in_the_words_of_uv(world: Any, asked: tuple[str, ...]) -> None:
    world.distribution("mediapipe")
    assert_first_proposal_is_refused(world, *asked)
    with pytest.raises(ClosureConflictError) as refusal:
        world.prepare(*asked)
    message = refusal.value.message
    # Every uv breaks its lines elsewhere.
    told = " ".join(message.split())
    assert re.search(r"tensorflow[=>]=2.20.0 depends on protobuf>=5.28.0", told)
    assert f"{asked[1]} is asked for by the request" in message
    assert len(message.splitlines()) <= 15
    assert refusal.value.exit_code == 3


@pytest.mark.parametrize("path", EXPLANATIONS, ids=lambda path: path.stem)
def test_explains_a_clash_further_down(path: Path, world: Any) -> None:
    """The first and the last lines are ours; between them uv speaks, each version in its own way.

    ``CKPM_UPDATE_SNAPSHOTS=1`` writes them anew; read the difference before keeping it.
    """
    written, line, expected = path.read_text(encoding="utf-8").partition("-----\n")
    case = yaml.safe_load(written)
    for name in case.get("distributions", ()):
        world.distribution(name)
    for name, text in case.get("recipes", {}).items():
        world.recipe(name, text)
    with pytest.raises(ClosureConflictError) as refusal:
        world.prepare(*case["request"])
    error = refusal.value
    said = f"error: {error.message}\n" + "".join(f"hint: {hint}\n" for hint in error.hints)
    if os.environ.get("CKPM_UPDATE_SNAPSHOTS"):
        path.write_text(written + line + said, encoding="utf-8")
    assert ours(said) == ours(expected)
    assert [fact for fact in case["holds"] if fact not in " ".join(said.split())] == []
    assert error.remedies
    for remedy in error.remedies:
        assert world.prepare(*helped(case["request"], remedy)).locked.packages


def ours(text: str) -> list[str]:
    return [line for line in text.splitlines() if OURS.match(line)]


def helped(request: list[str], remedy: Remedy) -> list[str]:
    """Return what to ask for instead, as a remedy says."""
    instead = re.findall("`(.*?)`", remedy.text) if remedy.kind == "version" else []
    return [new for old in request for new in (instead if old == remedy.about else [old])]


@pytest.mark.network
def test_the_live_index_says_the_same(live_world: Any) -> None:
    live_world.distribution("mediapipe")
    asked = ("tensorflow<2.21", "mediapipe<0.10.22")
    assert "protobuf" in assert_first_proposal_is_refused(live_world, *asked).text
    prepared = live_world.prepare(*asked)
    answer = {"tensorflow": "2.19.1", "mediapipe": "0.10.21"}
    assert closed(prepared, *answer) == answer
