"""``ckpm deploy`` to a board behind a real sshd, with programs that are truly foreign."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from devices import arm64
from devices.board import Board, Cable
from devices.offered import BULK, MODE, deployed


def test_a_board_gets_real_files_that_run_there(there: Any, board: Board) -> None:
    done = there.ckpm("deploy", "--to", "ssh://board")
    assert done.returncode == 0, done.stderr
    place = deployed(board)
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest["target"] == "linux-arm64"
    assert not [path for path in place.rglob("*") if path.is_symlink()]
    assert (place / "packages" / "bulk" / "data").read_bytes() == BULK
    line = f"cd '{place}' && . ./activate.sh && cd / && count /etc {board.home} && env"
    ssh = [str(board.programs / "ssh"), "board", line]
    told = subprocess.run(ssh, stdout=subprocess.PIPE, text=True, timeout=60, check=True).stdout
    assert "on aarch64" in told
    assert f"CKPM_COUNT_MODE={MODE}\n" in told
    assert str(there.store) not in told


def test_only_what_differs_is_sent_again(there: Any, board: Board) -> None:
    assert there.ckpm("deploy", "--to", "ssh://board").returncode == 0
    again = json.loads(there.ckpm("deploy", "--to", "ssh://board", "--json").stdout)["result"]
    assert (again["files_sent"], again["bytes_sent"]) == (0, 0)
    program = deployed(board) / "packages" / "count" / "bin" / "count"
    whole = program.read_bytes()
    program.write_bytes(b"tampered with")
    mended = json.loads(there.ckpm("deploy", "--to", "ssh://board", "--json").stdout)["result"]
    assert (mended["files_sent"], mended["bytes_sent"]) == (1, len(whole))
    assert program.read_bytes() == whole
    assert os.access(program, os.X_OK)


def test_a_dry_run_sends_nothing(there: Any, board: Board) -> None:
    done = there.ckpm("deploy", "--to", "ssh://board", "--dry-run")
    assert (done.returncode, "would be sent" in done.stderr) == (0, True)
    assert not (board.home / ".ckpm").exists()


def test_a_cut_connection_leaves_the_old_one_whole_and_is_continued(
    there: Any, board: Board, cable: Cable
) -> None:
    assert there.ckpm("deploy", "--to", "ssh://board").returncode == 0
    place = deployed(board)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    new = {f"bulk/{n}": os.urandom(1 << 20) for n in "abcde"}
    there.recipe("bulk", there.archive("bulk2.tar", arm64.packed(new), strip="1", versions=["2"]))
    assert there.ckpm("update", "--target", "linux-arm64:glibc=2.36").returncode == 0
    cable.left = 3_500_000
    cut = there.ckpm("deploy", "--to", "ssh://board")
    assert cut.returncode == 1
    assert "the device went away after about" in cut.stderr
    assert "run the same command again" in cut.stderr
    assert before == {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    rest = json.loads(there.ckpm("deploy", "--to", "ssh://board", "--json").stdout)["result"]
    assert 1 <= rest["bytes_sent"] >> 20 <= 4
    assert {p.name for p in (place / "packages" / "bulk").iterdir()} == set("abcde")
    assert {p.name for p in (board.home / ".ckpm").iterdir()} == {place.name}


def test_a_wrong_device_is_refused_before_a_byte(there: Any, board: Board) -> None:
    board.program(board.bin / "uname", "case $1 in -s) echo Linux ;; *) echo riscv64 ;; esac")
    refused = there.ckpm("deploy", "--to", "ssh://board", "--target", "linux-arm64")
    assert refused.returncode == 1
    assert "it is linux-riscv64, and this is made for linux-arm64" in refused.stderr
    absent = there.ckpm("deploy", "--to", "ssh://board")
    assert absent.returncode == 4
    assert "is not installed for linux-riscv64" in absent.stderr
    assert not (board.home / ".ckpm").exists()


def test_an_older_c_library_is_refused(there: Any, board: Board) -> None:
    board.program(board.bin / "getconf", 'case $1 in GNU*) echo "glibc 2.31" ;; *) echo 64 ;; esac')
    refused = there.ckpm("deploy", "--to", "ssh://board", "--target", "linux-arm64:glibc=2.36")
    assert refused.returncode == 1
    assert "it has glibc 2.31, and this may need 2.36" in refused.stderr
    assert "ckpm install --target linux-arm64:glibc=2.31" in refused.stderr
