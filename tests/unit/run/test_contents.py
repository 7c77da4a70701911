"""What a deployment consists of, read from a generation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckpm.errors import CkpmError
from ckpm.model.environment import SetVar
from ckpm.model.request import Environment
from ckpm.run.deploy import deployment_of


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    """A generation with a package, which is a link, and a Python tree."""
    result, directory = tmp_path / "results" / "key-tool-1", tmp_path / "envs" / "e" / "t" / "1"
    for name, text in (("bin/tool", "#!"), ("lib/libtool.so.1", "ELF"), ("share/a.txt", "a")):
        (result / name).parent.mkdir(parents=True, exist_ok=True)
        (result / name).write_text(text)
    (result / "bin" / "tool").chmod(0o755)
    (result / "lib" / "libtool.so").symlink_to("libtool.so.1")
    (directory / "packages").mkdir(parents=True)
    (directory / "packages" / "tool").symlink_to(result)
    for name in ("python/numpy/__init__.py", "python/numpy/__pycache__/x.pyc", "activate.fish"):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("")
    return directory


def environment(directory: Path) -> Environment:
    changes = (
        SetVar("CKPM_TOOL_ROOT", f"{directory}/packages/tool"),
        SetVar("CKPM_CMAKE_ROOT", "/usr"),
    )
    return Environment("e", "linux-arm64", directory, changes)


def test_a_deployment_has_packages_python_script_and_manifest(generation: Path) -> None:
    made = deployment_of(environment(generation))
    files = {file.name: file for file in made.files}
    assert set(files) == {
        "packages/tool/bin/tool",
        "packages/tool/lib/libtool.so",
        "packages/tool/lib/libtool.so.1",
        "packages/tool/share/a.txt",
        "python/numpy/__init__.py",
        "activate.sh",
        "manifest.json",
    }
    assert [name for name, file in files.items() if file.is_program] == ["packages/tool/bin/tool"]
    assert made.left == ("CKPM_CMAKE_ROOT",)


def test_the_manifest_says_what_and_where(generation: Path) -> None:
    [file] = [f for f in deployment_of(environment(generation)).files if f.name == "manifest.json"]
    assert isinstance(file.source, bytes)
    manifest = json.loads(file.source)
    assert set(manifest["files"]) >= {"activate.sh", "packages/tool/share/a.txt"}
    assert manifest["variables"] == [
        "CKPM_TOOL_ROOT={root}/packages/tool",
        "PATH+={root}/packages/tool/bin",
        "LD_LIBRARY_PATH+={root}/packages/tool/lib",
        "PATH+={root}/python/bin",
    ]


def test_the_same_environment_is_the_same_deployment(generation: Path) -> None:
    assert deployment_of(environment(generation)) == deployment_of(environment(generation))


def test_a_python_part_of_this_machine_is_refused(generation: Path) -> None:
    (generation / "venv").mkdir()
    with pytest.raises(CkpmError, match="only works on this machine"):
        deployment_of(environment(generation))
