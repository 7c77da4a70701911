"""Python for other targets: the target's wheels in the target's layout, and nothing of ours."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from foreign_python.wheels import digest, serve, wheel

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHER = "3.13" if HERE != "3.13" else "3.12"
ABI = f"cp{OTHER.replace('.', '')}"
WHEELS = {
    "linux-arm64": f"{ABI}-{ABI}-manylinux_2_28_aarch64",
    "linux-arm64:glibc=2.41": f"{ABI}-{ABI}-manylinux_2_28_aarch64",
    "linux-arm64:glibc=2.30": f"{ABI}-{ABI}-manylinux_2_28_aarch64",
    "linux-arm64:glibc=2.17": f"{ABI}-{ABI}-manylinux2014_aarch64",
    "linux-arm64-musl": f"{ABI}-{ABI}-musllinux_1_2_aarch64",
    "macos-arm64": f"{ABI}-{ABI}-macosx_12_0_arm64",
    "macos-arm64:macos=13.0": f"{ABI}-{ABI}-macosx_13_0_arm64",
    "macos-arm64:macos=15.0": f"{ABI}-{ABI}-macosx_14_0_arm64",
    "windows-x86_64": f"{ABI}-{ABI}-win_amd64",
    "windows-arm64": f"{ABI}-{ABI}-win_arm64",
}
OURS = HERE.replace(".", "")


@pytest.fixture
def offered(project: Any, behaviour: Any) -> Any:
    """The project with a recipe of ``thing``, for which the index has wheels of every target."""
    tags = dict.fromkeys([*WHEELS.values(), f"cp{OURS}-cp{OURS}-manylinux_2_28_aarch64"])
    wheels = {each: wheel("thing", each) for each in tags}
    return offer(project, behaviour, wheels)


def offer(project: Any, behaviour: Any, wheels: dict[str, bytes], name: str = "thing") -> Any:
    project.environ["PIP_INDEX_URL"] = serve(project.server, behaviour, name, wheels)
    project.recipe(name, {"from": "pypi"}, kind="library", version_scheme="pep440")
    return project


def install(project: Any, target: str, *more: str) -> Path:
    done = project.ckpm("install", "thing", f"python@{OTHER}", "--target", target, *more)
    assert done.returncode == 0, done.stderr
    return generation(project, target)


def generation(project: Any, target: str) -> Path:
    name = target.partition(":")[0]
    (current,) = (project.store / "envs").glob(f"*/{name}/current")
    return current.resolve()


def packages_of(made: Path) -> Path:
    record = json.loads((made / "environment.json").read_text())
    return made / record["interpreter"]["packages"]


@pytest.mark.parametrize("target", WHEELS)
def test_the_wheel_is_the_targets(offered: Any, target: str) -> None:
    made = install(offered, target)
    assert WHEELS[target] in (packages_of(made) / "thing" / "__init__.py").read_text()


@pytest.mark.parametrize("target", ["linux-arm64", "linux-arm64-musl", "macos-arm64"])
def test_a_tree_is_laid_out_as_the_targets_virtual_environment(offered: Any, target: str) -> None:
    part = install(offered, target) / "python"
    packages = f"lib/python{OTHER}/site-packages"
    assert {path for path in files(part) if not path.startswith(packages)} == {
        "bin/python", "bin/python3", "bin/thing-program", "bin/thing-script",
        f"include/site/python{OTHER}/thing/thing.h", "share/thing/data.txt",
    }  # fmt: skip
    assert_recorded(part / packages)


def test_a_tree_for_windows_is_laid_out_as_one_there(offered: Any) -> None:
    part = install(offered, "windows-x86_64") / "python"
    packages = "Lib/site-packages"
    assert {path for path in files(part) if not path.startswith(packages)} == {
        "Scripts/thing-program", "Scripts/thing-script",
        f"Include/site/python{OTHER}/thing/thing.h", "share/thing/data.txt",
    }  # fmt: skip
    assert_recorded(part / packages)


@pytest.mark.parametrize("target", ["linux-arm64", "windows-x86_64"])
def test_nothing_of_this_machine_is_in_a_tree(offered: Any, target: str) -> None:
    part = install(offered, target) / "python"
    ours = [sys.prefix, sys.base_prefix, str(offered.store), f"python{HERE}"]
    texts = {name: (part / name).read_text() for name in files(part)}
    assert not [(name, text) for name, text in texts.items() if any(own in text for own in ours)]
    assert not [path for path in part.rglob("*") if path.is_symlink()]


def test_the_record_says_which_python(offered: Any) -> None:
    record = json.loads((install(offered, "linux-arm64") / "environment.json").read_text())
    assert record["interpreter"]["version"].startswith(f"{OTHER}.")
    assert record["python"] == ["thing"]


def test_the_closure_is_the_targets(project: Any, behaviour: Any) -> None:
    any_ = "py3-none-any"
    markers = [f"new; python_version == '{OTHER}'", f"old; python_version == '{HERE}'",
               "arm; platform_machine == 'aarch64'", "mac; sys_platform == 'darwin'"]  # fmt: skip
    offer(project, behaviour, {any_: wheel("thing", any_, needs=markers)})
    for name in ("new", "old", "arm", "mac"):
        serve(project.server, behaviour, name, {any_: wheel(name, any_)})
    record = json.loads((install(project, "linux-arm64") / "environment.json").read_text())
    assert record["python"] == ["arm", "new", "thing"]


@pytest.fixture
def own_tree(offered: Any) -> Path:
    """A tree for a target whose Python happens to be ours: so it can be run."""
    asked = ("thing", f"python@{HERE}", "--target", "linux-arm64")
    assert offered.ckpm("install", *asked).returncode == 0
    programs = Path(offered.environ["PATH"])
    (programs / f"python{HERE}").symlink_to(Path(sys.base_prefix) / "bin" / f"python{HERE}")
    for name in ("dirname", "realpath"):
        (programs / name).symlink_to(shutil.which(name) or name)
    return generation(offered, "linux-arm64") / "python"


@pytest.mark.parametrize("program", ["thing-program", "thing-script"])
def test_programs_find_the_targets_python(offered: Any, own_tree: Path, program: str) -> None:
    said = offered.shell(str(own_tree / "bin" / program)).stdout
    assert said.startswith(("ran for cp", "script ran"))


def test_a_tree_can_be_moved(offered: Any, own_tree: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "a board" / "python"
    shutil.copytree(own_tree, elsewhere)
    assert offered.shell(f"'{elsewhere}/bin/thing-program'").stdout.startswith("ran for cp")
    code = "import sys, thing; print(thing.__file__, sys.path)"
    said = offered.shell(f"PYTHONPATH=/nowhere '{elsewhere}/bin/python' -c '{code}'").stdout
    assert said.startswith(str(elsewhere))
    assert "/nowhere" not in said


def test_the_target_can_make_it_a_virtual_environment(
    offered: Any, own_tree: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "board"
    shutil.copytree(own_tree, elsewhere)
    made = offered.shell(f"python{HERE} -m venv --without-pip '{elsewhere}'")
    assert made.returncode == 0, made.stdout
    code = "import sys, thing; print(sys.prefix, thing.TAGS)"
    said = offered.shell(f"'{elsewhere}/bin/python{HERE}' -c '{code}'").stdout
    assert said.startswith(f"{elsewhere} cp")


def test_a_lock_with_a_wheel_of_another_machine_is_refused(project: Any, behaviour: Any) -> None:
    tags = f"{ABI}-{ABI}-manylinux_2_28_aarch64"
    offer(project, behaviour, {tags: wheel("thing", tags)})
    install(project, "linux-arm64")
    shutil.rmtree(project.store / "envs")
    lock = project.directory / "ckpm.lock"
    lock.write_text(lock.read_text().replace("manylinux_2_28_aarch64", "manylinux_2_28_x86_64"))
    done = project.ckpm("sync", "--frozen", "--target", "linux-arm64")
    assert done.returncode == 5
    assert f"`thing-1-{ABI}-{ABI}-manylinux_2_28_x86_64.whl` is no wheel for Python" in done.stderr
    assert "hint: lock again: `ckpm lock --target linux-arm64`" in done.stderr
    assert not list((project.store / "envs").glob("*/linux-arm64/current"))


def test_a_wheel_under_a_false_name_is_refused(project: Any, behaviour: Any) -> None:
    tags = f"{ABI}-{ABI}-manylinux_2_28_aarch64"
    lies = wheel("thing", tags, inside=f"{ABI}-{ABI}-manylinux_2_28_x86_64")
    offer(project, behaviour, {tags: lies})
    done = project.ckpm("install", "thing", f"python@{OTHER}", "--target", "linux-arm64")
    assert done.returncode == 5
    assert "is named as one for linux-arm64, and is for manylinux_2_28_x86_64" in done.stderr
    assert not list((project.store / "envs").glob("*/linux-arm64/current"))


def test_wheels_of_other_machines_alone_are_no_offer(project: Any, behaviour: Any) -> None:
    tags = f"{ABI}-{ABI}-manylinux_2_28_x86_64"
    offer(project, behaviour, {tags: wheel("thing", tags)})
    done = project.ckpm("install", "thing", f"python@{OTHER}", "--target", "linux-arm64")
    assert done.returncode == 3
    assert "nothing offers `thing` on linux-arm64" in done.stderr


def files(tree: Path) -> set[str]:
    return {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}


def assert_recorded(packages: Path) -> None:
    """Every file of a RECORD is there, and is what it says."""
    (record,) = packages.glob("*.dist-info/RECORD")
    rows = list(csv.reader(record.read_text().splitlines()))
    assert len(rows) > 6
    for path, stated, _ in rows:
        content = (packages / path).read_bytes()
        assert stated in ("", digest(content)), path
