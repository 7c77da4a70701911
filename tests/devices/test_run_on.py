"""``ckpm run --on`` a board: results come back, and nothing stays there."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from typing import Any

from devices.board import Board, Cable
from devices.offered import OWN_GROUP, some_wait, wait_for, waiting_programs


def test_a_workflow_runs_there_with_local_files_and_its_results_come_back(
    there: Any, board: Board
) -> None:
    photos = there.directory / "my photos"
    photos.mkdir()
    for name in ("a.jpg", "it's $b.jpg"):
        (photos / name).write_bytes(b"light")
    done = there.ckpm("run", "count", "--on", "ssh://board", "images=my photos", "--json")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)["result"]
    assert record["results"] == {"files": 2, "machine": "aarch64"}
    assert record["machine"]["device"] == "ssh://board"
    assert record["target"] == "linux-arm64"
    assert json.loads((there.directory / "count-results" / "count.json").read_text())["files"] == 2
    assert not list((board.home / ".ckpm").glob("*.run-*"))
    with sqlite3.connect(there.store / "results.sqlite") as records:
        assert records.execute("select count(*) from runs").fetchone() == (1,)


def test_an_interrupt_leaves_nothing_running_there(there: Any, board: Board) -> None:
    wait = some_wait()
    with there.start("run", "count", "--on", "ssh://board", f"wait={wait}", **OWN_GROUP) as running:
        wait_for(lambda: waiting_programs(wait))
        os.killpg(running.pid, signal.SIGINT)  # As a terminal does.
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130, said
    wait_for(lambda: not waiting_programs(wait))
    assert not list((board.home / ".ckpm").glob("*.run-*"))


def test_a_connection_lost_in_a_run_ends_the_program(there: Any, cable: Cable) -> None:
    wait = some_wait()
    with there.start("run", "count", "--on", "ssh://board", f"wait={wait}") as running:
        wait_for(lambda: waiting_programs(wait))
        cable.cut()
        _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "the device went away while `count` ran" in said
    wait_for(lambda: not waiting_programs(wait))
