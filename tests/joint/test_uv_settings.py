"""No setting of the shell around, and no file in the working directory, changes what uv answers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from uv import find_uv_bin

from ckpm.config.platforms import known_platforms
from ckpm.system.uv import Uv

LISTED = Path(__file__).parents[1] / "cases" / "uv" / "variables.yaml"
LINUX = known_platforms()["linux-x86_64"]
ASKED = ["numpy<3"]


def telling() -> list[tuple[str, str]]:
    """Return the variables of the list by which uv alone answers otherwise, and their values."""
    groups = yaml.safe_load(LISTED.read_text())["taken away"].values()
    entries = [entry for group in groups for entry in group if isinstance(entry, dict)]
    return [item for entry in entries for item in entry.items()]


@pytest.fixture
def uv(world: Any, tmp_path: Path) -> Uv:
    return Uv(world.environ, tmp_path / "uv", (world.index,))


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "wrong.txt").write_text("numpy==1.24.3\n")
    (tmp_path / "uv.toml").write_text("offline = true\n")
    return {
        "wrong": str(tmp_path / "wrong.txt"),
        "settings": str(tmp_path / "uv.toml"),
        "nowhere": str(tmp_path / "nowhere"),
    }


def chosen(uv: Uv) -> set[tuple[str, str]]:
    return {(d.name, d.version) for d in uv.lock("", ASKED, "3.12", LINUX).distributions}


def alone(uv: Uv, setting: dict[str, str]) -> str:
    """Return what uv answers to the same question when nobody stands between."""
    done = subprocess.run(
        [find_uv_bin(), "pip", "compile", "-", "--no-header", "--no-annotate", "--no-build",
         "--no-config", "--no-cache", "--python", sys.executable, "--python-version", "3.12"],
        input="\n".join(ASKED), env={"UV_DEFAULT_INDEX": uv.indexes[0], **uv.environ, **setting},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize(("name", "value"), telling(), ids=lambda text: text.partition("{")[0])
def test_a_setting_of_the_shell_changes_nothing(
    uv: Uv, places: dict[str, str], name: str, value: str
) -> None:
    setting = {name: value.format(**places)}
    before = chosen(uv)
    assert alone(uv, {}) == "\n".join(f"{name}=={version}" for name, version in before)
    assert alone(uv, setting) != alone(uv, {})
    assert chosen(replace(uv, environ={**uv.environ, **setting})) == before


@pytest.mark.parametrize("text", ["[[[", '[tool.uv]\noverride-dependencies = ["numpy==1.24.3"]\n'])
@pytest.mark.parametrize("file", ["uv.toml", "pyproject.toml", ".python-version", ".env"])
def test_a_file_in_the_working_directory_changes_nothing(
    uv: Uv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    before = chosen(uv)
    (tmp_path / file).write_text(text.removeprefix("[tool.uv]\n") if file == "uv.toml" else text)
    monkeypatch.chdir(tmp_path)
    assert chosen(uv) == before
    uv.make_venv(tmp_path / "venv", sys.executable)
    assert (tmp_path / "venv" / "bin" / "python").exists()


def test_a_warm_cache_answers_as_a_cold_one(world: Any, places: dict[str, str]) -> None:
    """A closure that was remembered without the setting, or with it, is the same."""
    answers = []
    for setting in ({}, {"UV_OVERRIDE": places["wrong"]}, {}):
        session = world.session()
        registries = replace(session.registries, environ=world.environ)
        registries.uv = replace(registries.uv.uv, environ={**world.environ, **setting})
        answers.append(registries.oracle.lock("", ASKED, "3.12", LINUX).distributions)
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]
