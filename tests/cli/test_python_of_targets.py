"""Which Python a foreign target has: what is stated of it, else what everything has wheels for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from foreign_python.wheels import serve, wheel

TAGS = [f"cp3{minor}-cp3{minor}-manylinux_2_28_aarch64" for minor in (11, 12, 13)]


@pytest.fixture
def offered(project: Any, behaviour: Any) -> Any:
    """The project with a recipe of ``thing``, which has wheels for three Pythons on arm64."""
    wheels = {tags: wheel("thing", tags) for tags in TAGS}
    project.environ["PIP_INDEX_URL"] = serve(project.server, behaviour, "thing", wheels)
    project.recipe("thing", {"from": "pypi"}, kind="library", version_scheme="pep440")
    return project


def chosen(project: Any, target: str) -> dict[str, Any]:
    done = project.ckpm("resolve", "thing", "--target", target, "--json")
    assert done.returncode == 0, done.stderr
    packages = json.loads(done.stdout)["result"]["packages"]
    return next(each for each in packages if each["name"] == "python")


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("linux-arm64", "3.13."),
        ("linux-arm64:python=3.12", "3.12."),
        ("linux-arm64:python=3.11.2", "3.11.2"),
    ],
)
def test_the_stated_python_else_the_newest_with_wheels(
    offered: Any, target: str, version: str
) -> None:
    assert chosen(offered, target)["version"].startswith(version)


def test_a_stated_python_without_wheels_is_a_conflict(offered: Any) -> None:
    done = offered.ckpm("resolve", "thing", "--target", "linux-arm64:python=3.9")
    assert done.returncode == 3
    assert "`python` can be had as 3.9" in done.stderr


def test_a_plan_says_whose_python_it_is(offered: Any) -> None:
    plan = offered.ckpm("install", "thing", "--target", "linux-arm64", "--dry-run").stdout
    assert "which linux-arm64 has" in plan
    assert "say so: `--target linux-arm64:python=VERSION`" in plan
    stated = ("--target", "linux-arm64:python=3.12", "--dry-run")
    assert "has Python 3.12, as its facts say" in offered.ckpm("install", "thing", *stated).stdout


def test_no_interpreter_is_locked_to_be_fetched(offered: Any) -> None:
    assert offered.ckpm("install", "thing", "--target", "linux-arm64").returncode == 0
    assert "uv-python" not in (offered.directory / "ckpm.lock").read_text()


def test_variables_name_the_tree_and_checks_know_its_wheels(offered: Any) -> None:
    assert offered.ckpm("install", "thing", "--target", "linux-arm64").returncode == 0
    (current,) = (offered.store / "envs").glob("*/linux-arm64/current")
    changes = json.loads((current / "environment.json").read_text())["changes"]
    roots = [Path(each["value"]) for each in changes if each["name"] == "CKPM_THING_ROOT"]
    assert [root.name for root in roots] == ["python"]
    assert roots[0].is_dir()


@pytest.mark.parametrize("target", ["linux-riscv64", "linux-armv7", "android-arm64"])
@pytest.mark.parametrize("package", ["thing", "python"])
def test_a_target_without_python_says_so(offered: Any, target: str, package: str) -> None:
    done = offered.ckpm("install", package, "--target", target)
    assert done.returncode == 3
    assert f"there is no Python part for {target}" in done.stderr
    assert "there is one for Linux on x86_64 and arm64, macOS and Windows" in done.stderr
