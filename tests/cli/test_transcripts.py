"""Whole sessions: each file in ``snapshots`` is what a person types and all that they see.

``CKPM_UPDATE_SNAPSHOTS=1 pytest tests/cli/test_transcripts.py`` writes them anew; read the
difference before keeping it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

SNAPSHOTS = sorted((Path(__file__).parent / "snapshots").glob("*.txt"))
FILTERS = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\d+\.\d s\b", "N s"),
    (r"demo-[0-9a-f]{16}", "demo-KEY"),
    (r"\b(sha256:? )[0-9a-f]{64}\b", r"\1DIGEST"),
    (r"\b(sha1|sha256) [0-9a-f]{12}…", r"\1 DIGEST…"),
    (r"-[0-9a-f]{8}\.log", "-KEY.log"),
    (r"it had come to .*", "it had come to WHAT IT HAD"),
    (r"took +\d+(\.\d+)? ms", "took N ms"),
)


def readable(text: str, directory: Path) -> str:
    text = text.replace(str(directory), "DIR")
    for pattern, replacement in FILTERS:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.stem)
def test_a_session_looks_just_like_this(
    snapshot: Path, methods: Any, pack: Any, tmp_path: Path
) -> None:
    methods.server.serve("own.tar", pack({"cat.txt": b"own cat\n"}))
    methods.environ["SERVER"] = methods.server.url("").rstrip("/")
    expected = snapshot.read_text(encoding="utf-8")
    seen = [line for line in expected.splitlines() if line.startswith("#")]
    for line in expected.splitlines():
        if line.startswith("$ "):
            done = methods.shell(line.removeprefix("$ "))
            seen += [line, *readable(done.stdout, tmp_path).splitlines()]
            seen += [f"[exit {done.returncode}]"] if done.returncode else []
    text = "\n".join(line.rstrip() for line in seen) + "\n"
    if os.environ.get("CKPM_UPDATE_SNAPSHOTS"):
        snapshot.write_text(text, encoding="utf-8")
    assert text == snapshot.read_text(encoding="utf-8")
