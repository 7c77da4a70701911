"""A project that is installed for a board and for a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices import arm64
from devices.board import SSHD, Board, Cable
from devices.offered import SHELL_COUNT, offer
from devices.phone import Phone


@pytest.fixture(scope="session")
def preload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if SSHD is None or arm64.lacking():
        pytest.skip(f"for a board there is no {arm64.lacking() or 'sshd'} here")
    return arm64.preloaded(tmp_path_factory.mktemp("preload"))


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return arm64.counter(tmp_path_factory.mktemp("programs"))


@pytest.fixture
def board(tmp_path: Path, preload: Path) -> Iterator[Board]:
    board = Board(tmp_path / "board", preload)
    yield board
    board.stop()


@pytest.fixture
def cable(board: Board) -> Iterator[Cable]:
    """What ``ssh://board`` goes through."""
    cable = Cable(board.port)
    board.reach(cable.port)
    yield cable
    cable.close()


@pytest.fixture
def phone(tmp_path: Path, project: Any) -> Phone:
    """A phone for which the project is installed."""
    if not shutil.which("busybox"):
        pytest.skip("there is no busybox here")
    phone = Phone(tmp_path / "phone")
    offer(project, arm64.packed({"count/bin/count": SHELL_COUNT}), phone.programs, "android-*")
    assert project.ckpm("install", "--target", "android-arm64").returncode == 0
    return phone


@pytest.fixture
def there(project: Any, board: Board, programs: bytes) -> Any:
    """The project installed for the board, which is reached as ``ssh://board``."""
    offer(project, programs, board.programs, "linux-*")
    made = project.ckpm("install", "--target", "linux-arm64:glibc=2.36")
    assert made.returncode == 0, made.stderr
    return project
