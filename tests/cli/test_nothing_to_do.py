"""When the quick answer to an install may be given, and when somebody must look again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from builds import add_recipes, make_workplace, need

ANSWER = "import sys; from ckpm.cli.fast import answer; sys.exit(answer(sys.argv[1:]) is None)"
ARM64 = ("--target", "linux-arm64:glibc=2.36")
PHOTOS = ("photos",)
QUICK = {
    "the same": ((*PHOTOS, "labels"), (*PHOTOS, "labels")),
    "some of it": ((*PHOTOS, "labels"), ("labels",)),
    "what is required": (PHOTOS, ()),
    "another target": ((*PHOTOS, *ARM64), (*ARM64, *PHOTOS)),
    "a joined value": ((*PHOTOS, *ARM64), ("=".join(ARM64),)),
    "a named environment": ((*PHOTOS, "-e", "mine"), ("--env=mine", *PHOTOS)),
    "both": ((*PHOTOS, "-e", "mine", *ARM64), (*ARM64, "--env", "mine")),
}
SLOW = {
    # Another environment that is ready may have that name.
    "the project by its name": (*PHOTOS, "-e", "demo"),
    "another package": ("labels", *ARM64),
    "another version": ("photos@1", *ARM64),
    "other facts": (*PHOTOS, "--target", "linux-arm64:glibc=2.31"),
    "no facts": (*PHOTOS, "--target", "linux-arm64"),
    "this machine": PHOTOS,
    "a target for which nothing is": (*PHOTOS, "--target", "linux-armv7"),
    "a path for a target": (*PHOTOS, "--target", "../linux-arm64"),
    "two targets": ("--target", "linux-armv7", *PHOTOS, *ARM64),
    "two environments": ("-e", "mine", *PHOTOS, *ARM64, "--env=demo"),
    "no target": (*PHOTOS, "--target="),
    "another environment": (*PHOTOS, "-e", "other", *ARM64),
    "a path for an environment": (*PHOTOS, "-e", "../envs", *ARM64),
    "an unknown option": (*PHOTOS, *ARM64, "--quick"),
    "an option of another command": (*PHOTOS, *ARM64, "--shell", "bash"),
    "an option without its value": (*PHOTOS, *ARM64, "-e"),
}


def is_quick(directory: Path, environ: Mapping[str, str], *arguments: str) -> bool:
    """Whether ``ckpm install`` is answered at once."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, "install", *arguments],
        cwd=directory, env=dict(environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert (done.returncode == 0) == done.stderr.endswith("is up to date: nothing to do\n")
    return done.returncode == 0


@pytest.mark.parametrize("name", QUICK)
def test_what_was_installed_is_there(name: str, methods: Any) -> None:
    first, again = QUICK[name]
    assert not is_quick(methods.directory, methods.environ, *again)
    assert methods.ckpm("install", *first).returncode == 0
    assert is_quick(methods.directory, methods.environ, *again)


@pytest.fixture
def arm64(methods: Any) -> Any:
    """The project, with photographs for another target."""
    assert methods.ckpm("install", *PHOTOS, *ARM64).returncode == 0
    assert is_quick(methods.directory, methods.environ, *PHOTOS, *ARM64)
    return methods


@pytest.mark.parametrize("name", SLOW)
def test_what_was_not_installed_is_looked_for(name: str, arm64: Any) -> None:
    assert not is_quick(arm64.directory, arm64.environ, *SLOW[name])


@pytest.mark.parametrize("what", ["requirement", "recipe", "platform", "package", "generation"])
def test_what_has_changed_is_looked_at(what: str, arm64: Any) -> None:
    if what == "requirement":
        (arm64.directory / "ckpm.yaml").write_text("name: demo\nrequires: [photos, labels]\n")
    elif what == "recipe":
        with (arm64.directory / ".ckpm" / "recipes" / "photos.yaml").open("a") as file:
            file.write("# changed\n")
    elif what == "platform":
        platforms = Path(arm64.environ["CKPM_CONFIG"], "platforms")
        platforms.mkdir(parents=True)
        (platforms / "mine.json").write_text("{}")
    elif what == "package":
        (result,) = Path(arm64.environ["CKPM_STORE"]).glob("results/*photos*/cat.txt")
        shutil.rmtree(result.parent)
    else:
        assert arm64.ckpm("install", "labels", *ARM64).returncode == 0
        assert arm64.ckpm("env", "rollback", *ARM64).returncode == 0
    assert not is_quick(arm64.directory, arm64.environ, *PHOTOS, *ARM64)


def test_another_compiler_is_looked_at(tmp_path: Path) -> None:
    need("cmake", "ninja", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++"):
        real = shutil.which(name)
        # A newer one than the system's, and no shell script: that would be seen through.
        (programs / name).write_text(
            f"#!{sys.executable}\nimport os, sys\n"
            f"if '--version' in sys.argv: sys.exit(print('{name} (mine) 12.9.0'))\n"
            f"os.execv({real!r}, [{real!r}, *sys.argv[1:]])\n"
        )
        (programs / name).chmod(0o755)
    place = make_workplace(tmp_path)
    place = place.having(PATH=f"{programs}:{place.environ['PATH']}")
    add_recipes(place)
    asked = ("number-cmake", "-e", "number", "--target", "linux-arm64")
    place.ckpm("install", *asked)
    assert is_quick(place.directory, place.environ, *asked)
    with (programs / "aarch64-linux-gnu-gcc").open("a") as file:
        file.write("# changed\n")
    assert not is_quick(place.directory, place.environ, *asked)
