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
    assert [text for text in case.get("never", []) if text in said.err] == []
    assert place.results == []
    assert list(place.store.glob("work/*")) + list(place.store.glob("envs/*/*/current")) == []


ENVIRONMENT = """name: abroad
requires: [number-cmake]
workflows:
  count:
    steps: [{run: ["{env.NUMBERS}/number-cxx"]}]
  fail:
    steps: [{run: ["{env.NUMBERS}/ends-with-five"]}]
"""


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A project whose programs are for another machine, one of which fails."""
    need("cmake", "ninja", "aarch64-linux-gnu-g++", "qemu-aarch64-static")
    made = make_workplace(tmp_path_factory.mktemp("abroad"))
    text = (CASES / "recipes" / "number-cmake.yaml").read_text(encoding="utf-8")
    made.recipe("number-cmake", f'{text}env: [{{set: {{NUMBERS: "{{prefix}}/bin"}}}}]\n',
                CASES / "number")  # fmt: skip
    own = made.directory / ".ckpm" / "recipes" / "number-cmake" / "number"
    (own / "five.c").write_text("int main(void) { return 5; }\n")
    with (own / "CMakeLists.txt").open("a") as file:
        file.write("add_executable(ends-with-five five.c)\ninstall(TARGETS ends-with-five)\n")
    (made.directory / "ckpm.yaml").write_text(ENVIRONMENT, encoding="utf-8")
    assert made.ckpm("trust", ".").code == 0
    assert made.ckpm("install", "--target", "linux-arm64").code == 0
    return made


def test_programs_of_a_foreign_target_run_here_and_it_is_said_what_that_proves(
    abroad: Workplace,
) -> None:
    said = abroad.ckpm("run", "count", "--target", "linux-arm64")
    assert (said.code, "number 7" in said.out + said.err) == (0, True), said.err
    assert "this was linux-arm64 emulated here" in said.err


def test_the_exit_code_of_an_emulated_program_comes_back(abroad: Workplace) -> None:
    assert abroad.ckpm("run", "fail", "--target", "linux-arm64").code == 5


def test_without_the_emulator_nothing_runs(abroad: Workplace, tmp_path: Path) -> None:
    compiler = Path(shutil.which("aarch64-linux-gnu-gcc") or "")
    programs = [Path(shutil.which(name) or name) for name in ("cmake", "ninja")]
    for program in (*programs, *compiler.parent.glob("aarch64-linux-gnu-*")):
        (tmp_path / program.name).symlink_to(program)
    bare = abroad.having(PATH=str(tmp_path))
    said = bare.ckpm("run", "count", "--target", "linux-arm64")
    assert said.code == 4, said.err
    assert "takes `qemu-aarch64-static`, which is not here" in said.err
    assert "apt-get install qemu-user-static" in said.err


def test_it_is_told_why_a_compiler_was_chosen(abroad: Workplace) -> None:
    said = abroad.ckpm("why", "cxx-compiler", "--target", "linux-arm64")
    assert said.code == 0, said.err
    assert "gcc-aarch64-linux-gnu" in said.out
    assert "number-cmake" in said.out
