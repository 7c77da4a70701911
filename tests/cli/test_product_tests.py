"""A package is held to its recipe's own test before anybody can use it."""

from __future__ import annotations

from typing import Any

import pytest

PROGRAM = b"#!/bin/sh\necho version 7\nexit ${1:-0}\n"


def source(project: Any, pack: Any) -> dict[str, Any]:
    steps = [["/bin/sh", "-c", 'cp tool.sh "$1/tool.sh"; chmod +x "$1/tool.sh"', "sh", "{prefix}"]]
    archive: dict[str, Any] = project.archive("tool.tgz", pack({"tool.sh": PROGRAM}), steps=steps)
    return archive


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ({"command": ["{prefix}/tool.sh"], "prints": "version 7"}, 0),
        ({"command": ["{prefix}/tool.sh"], "prints": "version 8"}, 6),
        ({"command": ["{prefix}/tool.sh", "3"]}, 6),
        ({"files": ["tool.sh"]}, 0),
        ({"files": ["other.sh"]}, 5),
    ],
)
def test_a_product_must_pass(project: Any, pack: Any, test: dict[str, Any], code: int) -> None:
    project.recipe("tool", source(project, pack), kind="tool", test=[test])
    assert project.ckpm("trust", ".").returncode == 0
    done = project.ckpm("install", "tool")
    assert done.returncode == code, done.stderr
    assert list(project.store.glob("envs/*/*/current")) == [] if code else True


def test_a_test_command_needs_consent_as_a_build_does(project: Any, pack: Any) -> None:
    touch = {"command": ["/bin/sh", "-c", 'echo ran > "$1"', "sh", str(project.directory / "ran")]}
    plain = project.archive("tool.tgz", pack({"tool.sh": PROGRAM}))
    project.recipe("tool", plain, kind="tool", test=[touch])
    refused = project.ckpm("install", "tool")
    assert (refused.returncode, "is not trusted" in refused.stderr) == (2, True)
    assert not (project.directory / "ran").exists()
    assert project.ckpm("trust", ".").returncode == 0
    assert project.ckpm("install", "tool").returncode == 0
    assert (project.directory / "ran").exists()
