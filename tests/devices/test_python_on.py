"""A Python part on a board: the device's own Python starts it, or it is said which is missing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from foreign_python.wheels import serve, wheel

from devices.board import Board

MINOR, TAGS = "3.13", "py3-none-any"
TARGET = f"linux-arm64:glibc=2.36,python={MINOR}"


@pytest.fixture
def packages(project: Any, behaviour: Any, board: Board) -> Any:
    """The project with a Python part, and a workflow that starts Python and a script of it."""
    content = wheel("thing", TAGS)
    project.environ["PIP_INDEX_URL"] = serve(project.server, behaviour, "thing", {TAGS: content})
    project.recipe("thing", {"from": "pypi"}, kind="library", version_scheme="pep440")
    project.environ["PATH"] += f":{board.programs}"
    steps = [{"run": ["python", "-m", "thing"]}, {"run": ["thing-script", "x"]}]
    document = {"name": "demo", "requires": ["thing"], "workflows": {"try": {"steps": steps}}}
    (project.directory / "ckpm.yaml").write_text(yaml.safe_dump(document))
    assert project.ckpm("trust").returncode == 0
    return project


def test_the_devices_own_python_starts_it(packages: Any, board: Board) -> None:
    board.program(board.bin / f"python{MINOR}", 'echo "$PYTHONPATH: ${1##*/} $2"')
    done = packages.ckpm("run", "try", "--on", "ssh://board", "--target", TARGET)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{board.home}/.ckpm/")
    assert first.endswith(f"/python/lib/python{MINOR}/site-packages: -m thing")
    assert second.endswith(": thing-script x")
    assert "emulated" not in done.stderr


def test_a_device_without_that_python_says_which(packages: Any) -> None:
    done = packages.ckpm("run", "try", "--on", "ssh://board", "--target", TARGET)
    assert done.returncode == 127
    assert f"python{MINOR}" in done.stderr
    assert "not found" in done.stderr
