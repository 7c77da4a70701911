"""What cannot be built is refused: the exit code, the words, and nothing is left behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from builds import CASES, Workplace, make_workplace, need


def refused() -> Iterator[Any]:
    for path in sorted((CASES / "refused").glob("*.yaml")):
        case = yaml.safe_load(path.read_text(encoding="utf-8"))
        marks = [pytest.mark.network] if case.get("network") else []
        yield pytest.param(path.stem, case, id=path.stem, marks=marks)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return make_workplace(tmp_path_factory.mktemp("cross"))


def laid_out(workplace: Workplace, case: dict[str, Any], recipes: Path) -> Workplace:
    """Write a case's recipe and files; return the place with its variables."""
    shutil.rmtree(recipes, ignore_errors=True)
    for name, text in case.get("files", {}).items():
        file = recipes / "wrong" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    workplace.recipe("wrong", case["recipe"], CASES / "number")
    environ = case.get("environ", {}).items()
    return workplace.having(**{name: text.format(recipes=recipes) for name, text in environ})


@pytest.mark.parametrize(("name", "case"), list(refused()))
def test_refused_with_nothing_left_behind(
    workplace: Workplace, name: str, case: dict[str, Any]
) -> None:
    need(*case.get("needs", []))
    recipes = workplace.directory / ".ckpm" / "recipes"
    place = laid_out(workplace, case, recipes)
    said = place.ckpm("install", "wrong", "-e", name, "--target", case["target"])
    assert said.code == case["code"], said.err
    wanted = [text.replace("{recipes}", str(recipes)) for text in case["says"]]
    assert [text for text in wanted if text not in said.err] == [], said.err
    assert case.get("hint", "") in said.err
    assert place.results == []
    assert list(place.store.glob("work/*")) + list(place.store.glob("envs/*/*/current")) == []
