"""A board that refuses: what ``ckpm deploy`` says then, and that nothing is harmed."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import pytest

from devices.board import Board


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("key", "it accepts none of your keys"),
        ("changed", "its host key is not the one that is known"),
        ("unknown", "its host key is not known yet"),
        ("refused", "nothing listens there: the connection is refused"),
    ],
)
def test_what_ssh_says_is_told_with_a_remedy(
    there: Any, board: Board, spoil: str, told: str
) -> None:
    match spoil:
        case "key":
            (board.directory / "authorized").write_text("")
        case "changed":
            board.know(board.directory / "stranger.pub")
        case "unknown":
            (board.directory / "known").write_text("")
        case _:
            board.stop()
    done = there.ckpm("deploy", "--to", "ssh://board")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: ssh://board: {told}\nhint: ")
    assert there.ckpm("run", "count", "--on", "ssh://board").returncode == 1


def test_nobody_is_asked_for_a_passphrase(there: Any, board: Board) -> None:
    key, asked = str(board.directory / "client"), board.directory / "asked"
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "secret", "-f", key], check=True, timeout=30)
    board.program(board.directory / "ask", f"touch '{asked}'; echo secret")
    there.environ["SSH_ASKPASS"] = str(board.directory / "ask")
    there.environ["SSH_ASKPASS_REQUIRE"] = "force"
    done = there.ckpm("deploy", "--to", "ssh://board")
    assert "it accepts none of your keys" in done.stderr
    assert not asked.exists()


def test_a_directory_with_something_else_is_left_alone(there: Any, board: Board) -> None:
    mine = board.home / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    done = there.ckpm("deploy", "--to", f"ssh://board{mine}")
    assert done.returncode == 1
    assert "holds something else than a deployment" in done.stderr
    assert [path.name for path in board.home.iterdir()] == ["mine"]
    assert (mine / "thesis.txt").read_text() == "years of work"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small file system")
def test_a_full_device_says_so_and_keeps_what_it_has(there: Any, board: Board) -> None:
    small = board.home / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, timeout=30, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        done = there.ckpm("deploy", "--to", f"ssh://board{small}/demo")
        assert done.returncode == 1
        assert "there is no space left on it" in done.stderr
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True, timeout=30)
        again = there.ckpm("deploy", "--to", f"ssh://board{small}/demo")
        assert "that directory is on a read-only file system" in again.stderr
    finally:
        subprocess.run(["umount", str(small)], check=True, timeout=30)
