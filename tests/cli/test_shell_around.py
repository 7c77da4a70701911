"""The shell around decides neither what an environment's Python loads nor what ckpm itself does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign_python.wheels import serve, wheel

import ckpm

TAGS = "py3-none-any"
SHOW = "import sys, thing; print(thing.TAGS)"
# Imported by ckpm, by what it imports, or by those where they find it.
SHADOWED = ("yaml", "requests", "simplejson", "chardet", "brotli", "platformdirs", "uv", "re2")


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    """Return a directory with another ``thing`` than the environment's."""
    (tmp_path / "leak" / "thing").mkdir(parents=True)
    (tmp_path / "leak" / "thing" / "__init__.py").write_text("TAGS = 'leaked'\n")
    return tmp_path / "leak"


@pytest.fixture
def offering(project: Any, behaviour: Any) -> Any:
    """The project with a workflow and a recipe of ``thing``, which the index has."""
    index = serve(project.server, behaviour, "thing", {TAGS: wheel("thing", TAGS)})
    project.environ["PIP_INDEX_URL"] = index
    project.recipe("thing", {"from": "pypi"}, kind="library", version_scheme="pep440")
    steps = [{"run": ["python", "-c", SHOW]}]
    document = {"name": "demo", "requires": ["thing"], "workflows": {"try": {"steps": steps}}}
    (project.directory / "ckpm.yaml").write_text(yaml.safe_dump(document))
    assert project.ckpm("trust").returncode == 0
    return project


@pytest.fixture
def ready(offering: Any, leak: Path) -> Any:
    """The same with ``thing`` installed, and a shell whose PYTHONPATH has the other."""
    done = offering.ckpm("install")
    assert done.returncode == 0, done.stderr
    offering.environ["PYTHONPATH"] = f"{leak}:{offering.environ['PYTHONPATH']}"
    offering.environ["SHELL"] = "/bin/sh"
    return offering


def test_the_environments_python_loads_its_own(ready: Any) -> None:
    lines = [
        f"ckpm exec -- python -c '{SHOW}'",
        f"eval \"$(ckpm activate --shell sh)\"; python -c '{SHOW}'",
        f"echo \"python -c '{SHOW}'\" | ckpm shell",
        "ckpm run try",
    ]
    said = {line: ready.shell(line).stdout.splitlines() for line in lines}
    assert [line for line in lines if TAGS not in said[line]] == []


def test_nor_does_a_foreign_python_that_is_started_here(ready: Any) -> None:
    emulator = Path(ready.environ["PATH"]) / "qemu-aarch64-static"
    emulator.write_text("#!/bin/sh\n")
    emulator.chmod(0o755)
    steps = [{"run": ["sh", "-c", "echo ${PYTHONPATH-unset}"]}]
    document = {"name": "demo", "requires": ["thing"], "workflows": {"try": {"steps": steps}}}
    (ready.directory / "ckpm.yaml").write_text(yaml.safe_dump(document))
    assert ready.ckpm("trust").returncode == 0
    done = ready.ckpm("run", "try", "--target", "linux-arm64:python=3.13")
    assert done.stdout == "unset\n", done.stderr


def test_what_decides_which_code_is_loaded_is_unset_and_comes_back(ready: Any) -> None:
    names = ("PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONPATH", "PYTHONEXECUTABLE")
    exports = "; ".join(f"export {name}=/nowhere" for name in names)
    shown = " ".join(f"${{{name}-unset}}" for name in names)
    said = ready.shell(
        f"on=$(ckpm activate --shell sh); off=$(ckpm deactivate --shell sh); {exports}\n"
        f'eval "$on"; echo {shown}; python -c "import thing" && eval "$off"; echo {shown}'
    ).stdout
    assert said.splitlines() == ["unset unset unset unset", "/nowhere /nowhere /nowhere /nowhere"]


def test_nothing_is_seen_of_a_persons_own_packages(ready: Any, tmp_path: Path) -> None:
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    place = tmp_path / "user" / "lib" / f"python{minor}" / "site-packages"
    place.mkdir(parents=True)
    (place / "personal.py").write_text("")
    ready.environ["PYTHONUSERBASE"] = str(tmp_path / "user")
    assert "No module named" in ready.shell("ckpm exec -- python -c 'import personal'").stdout


@pytest.fixture
def shadows(tmp_path: Path) -> Path:
    """Return a directory with modules that must not be imported."""
    place = tmp_path / "shadows"
    place.mkdir()
    for name in SHADOWED:
        (place / f"{name}.py").write_text(f"raise SystemExit('imported another {name}')\n")
    return place


def installed(project: Any) -> None:
    for arguments in (["--version"], ["install"], ["detect", "python"]):
        done = project.ckpm(*arguments)
        assert done.returncode == 0, done.stderr


def test_a_pythonpath_decides_nothing_of_ckpm(offering: Any, shadows: Path) -> None:
    offering.environ["PYTHONPATH"] = str(shadows)
    installed(offering)


def test_a_working_directory_decides_nothing_of_ckpm(offering: Any, shadows: Path) -> None:
    for file in shadows.iterdir():
        file.rename(offering.directory / file.name)
    installed(offering)


def test_the_pythonpath_by_which_ckpm_is_found_comes_last(offering: Any, shadows: Path) -> None:
    """As after ``pip install --target``, what ckpm needs may be in any directory on it."""
    for file in shadows.iterdir():
        if file.stem not in ("yaml", "requests"):
            file.unlink()
    offering.environ["PYTHONPATH"] = f"{shadows}:{offering.environ['PYTHONPATH']}"
    installed(offering)


def test_what_only_such_a_pythonpath_has_is_found(offering: Any, tmp_path: Path) -> None:
    place = tmp_path / "target"
    place.mkdir()
    # Installed from a wheel, ckpm lies among the others.
    entries = {*Path(yaml.__file__).parents[1].iterdir(), Path(ckpm.__file__).parent}
    for entry in entries:
        (place / entry.name).symlink_to(entry)
    offering.environ["PYTHONPATH"] = str(place)
    done = offering.shell("python3 -S -m ckpm recipe check .ckpm/recipes/thing.yaml")
    assert done.returncode == 0, done.stdout


def test_a_program_without_a_python_of_its_own_gets_the_callers(
    project: Any, pack: Any, shadows: Path
) -> None:
    project.recipe("data", project.archive("data.tar.gz", pack({"a": b"x"})))
    project.environ["PYTHONPATH"] = str(shadows)
    assert project.ckpm("trust").returncode == 0
    assert project.ckpm("install", "data").returncode == 0
    assert project.ckpm("exec", "--", "sh", "-c", "echo $PYTHONPATH").stdout.strip() == str(shadows)


def test_a_distribution_on_a_pythonpath_is_not_detected(project: Any, leak: Path) -> None:
    """It belongs to no interpreter, and no environment has it."""
    (leak / "numpy").mkdir()
    (leak / "numpy" / "__init__.py").write_text("__version__ = '9.9.9'\n")
    (leak / "numpy-9.9.9.dist-info").mkdir()
    (leak / "numpy-9.9.9.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 9.9.9\n")
    project.environ["PYTHONPATH"] = str(leak)
    done = project.ckpm("detect", "numpy", "--json")
    assert "9.9.9" not in json.dumps(json.loads(done.stdout))
    assert str(leak) not in done.stdout
