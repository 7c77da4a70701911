"""What the project of these tests declares, and what is seen of it on devices."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from devices import arm64
from devices.board import Board

STEP = ["count", "{parameters.images}", "{output}", "{parameters.wait}"]
WORKFLOW = {
    "parameters": {"images": {"default": "{env.CKPM_COUNT_ROOT}"}, "wait": {"default": "0"}},
    "steps": [{"run": STEP}],
    "results": {name: {"file": "count.json", "path": name} for name in ("files", "machine")},
}
SHELL_COUNT = b"""#!/bin/sh
echo "{\\"files\\": $(ls "$1" | wc -l), \\"machine\\": \\"$(uname -m)\\"}" >"$2/count.json"
sleep "$3"
"""
BULK = os.urandom(3 << 20)
MODE = 'it\'s $HOME; `true` \\ "q"'
OWN_GROUP = {"start_new_session": True}


def offer(project: Any, archive: bytes, programs: Path, platform: str) -> None:
    """Declare an environment with a program and much data, and a workflow that runs it."""
    source = project.archive("count.tar", archive, strip="1", platforms=[platform])
    rule = [{"set": {"CKPM_COUNT_MODE": MODE}}]
    project.recipe("count", source, kind="program", env=rule)
    project.recipe(
        "bulk", project.archive("bulk.tar", arm64.packed({"bulk/data": BULK}), strip="1")
    )
    document = {"name": "demo", "requires": ["count", "bulk"], "workflows": {"count": WORKFLOW}}
    (project.directory / "ckpm.yaml").write_text(yaml.safe_dump(plain(document)))
    project.environ["PATH"] += f":{programs}"
    assert project.ckpm("trust", "--edits").returncode == 0


def plain(document: Any) -> Any:
    return json.loads(json.dumps(document))  # Nothing shared: no alias.


def deployed(board: Board) -> Path:
    [place] = [p for p in (board.home / ".ckpm").iterdir() if "." not in p.name]
    return place


def some_wait() -> str:
    """Return two minutes, in seconds that no other program waits."""
    return f"120.{secrets.randbelow(10**9)}"


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that in 20 s")


def waiting_programs(wait: str) -> list[str]:
    """Return the command lines of programs that were told to wait so long."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[-2:-1] == [wait.encode()] and b"sh" not in words[:1] and b"-c" not in words:
            lines.append(repr(words))
    return lines
