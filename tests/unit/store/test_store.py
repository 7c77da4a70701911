"""The store: one result is made once, whole or not at all, whoever is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpm.model.lock import Artifact
from ckpm.model.recipe import Digest
from ckpm.store import Store, input_key
from ckpm.store.keys import tree_digest
from ckpm.system.files import StorageError, temporary_directory

ROOT = Path(__file__).parents[3]
# Makes one result; says so; waits inside until the file `go` is there.
MAKER = """
import sys, time
from pathlib import Path
from ckpm.store import Store

root, number = Path(sys.argv[1]), sys.argv[2]
store = Store(root)
(root / f"ready-{number}").touch()
with store.making(store.result("key", "thing", "1")) as product:
    if product is not None:
        with (root / "log").open("a") as log:
            log.write(f"made by {number}\\n")
        (product / "bin").mkdir()
        (product / "bin" / "x").write_text("whole")
        deadline = time.monotonic() + 20
        while not (root / "go").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
"""
# Kills itself at one of the events that change files, counted from 1; exits with their number.
KILLER = """
import os, signal, sys
from pathlib import Path
from ckpm.store import Store
import ckpm.store.keys, filelock

CHANGES = {"os.rename", "os.mkdir", "os.chmod", "os.remove", "os.rmdir", "os.symlink"}
limit, seen = int(sys.argv[2]), 0

def watch(event, arguments):
    global seen
    writes = event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
    changes = writes or event in CHANGES
    seen += changes
    if changes and seen == limit:
        os.kill(os.getpid(), signal.SIGKILL)

store = Store(Path(sys.argv[1]))
sys.addaudithook(watch)
with store.making(store.result("key", "thing", "1")) as product:
    if product is not None:
        (product / "bin").mkdir()
        (product / "bin" / "x").write_text("whole")
sys.exit(seen)
"""


def child(script: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def result(store: Store) -> Path:
    return store.result("key", "thing", "1")


def make(store: Store, result: Path) -> bool:
    """Make the result as any installer does; say whether there was anything to do."""
    with store.making(result) as product:
        if product is not None:
            (product / "bin").mkdir()
            (product / "bin" / "x").write_text("whole")
    return product is not None


def is_whole(result: Path) -> bool:
    record = json.loads(result.with_name(f"{result.name}.json").read_text())
    return (result / "bin/x").read_text() == "whole" and record["tree"] == tree_digest(result)


def test_concurrent_installers_do_the_work_once(store: Store, result: Path) -> None:
    running = [child(MAKER, store.root, number) for number in range(4)]
    while len(list(store.root.glob("ready-*"))) < 4:
        assert all(process.poll() is None for process in running)
    (store.root / "go").touch()
    assert [process.wait(20) for process in running] == [0] * 4
    assert len((store.root / "log").read_text().splitlines()) == 1
    assert is_whole(result)
    assert list((store.root / "work").iterdir()) == []


def test_a_killed_installer_gives_way_to_the_next(store: Store, result: Path) -> None:
    killed = child(MAKER, store.root, 0)
    while not (store.root / "log").exists():
        assert killed.poll() is None
    killed.kill()
    assert killed.wait(10) == -signal.SIGKILL
    assert not store.has_result(result)
    assert len(list((store.root / "work").iterdir())) == 1
    assert make(store, result)
    assert is_whole(result)
    assert list((store.root / "work").iterdir()) == []


def test_killed_at_any_change_of_files_the_next_run_repairs(tmp_path: Path) -> None:
    points = child(KILLER, tmp_path / "all", 0).wait(20)
    assert points >= 8
    running = {n: child(KILLER, tmp_path / str(n), n) for n in range(1, points + 1)}
    killed = visible = 0
    for number, process in running.items():
        killed += process.wait(20) == -signal.SIGKILL
        store = Store(tmp_path / str(number))
        result = store.result("key", "thing", "1")
        visible += result.exists()
        assert not store.has_result(result) or is_whole(result)
        make(store, result)
        assert store.has_result(result)
        assert is_whole(result)
        make(store, store.result("other", "thing", "1"))  # The next work there clears up.
        assert list((store.root / "work").iterdir()) == []
    assert killed == points
    assert visible > 0, "nothing was killed between the rename and the record"


def test_what_was_renamed_and_not_recorded_is_made_again(store: Store, result: Path) -> None:
    result.mkdir(parents=True)
    (result / "half").write_text("made")
    assert not store.has_result(result)
    assert make(store, result)
    assert is_whole(result)
    assert not (result / "half").exists()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_making_leaves_nothing(
    store: Store, result: Path, error: type[BaseException]
) -> None:
    def interrupted() -> None:
        with store.making(result) as product:
            assert product is not None
            (product / "half").write_text("made")
            raise error

    with pytest.raises(error):
        interrupted()
    assert not result.exists()
    assert list((store.root / "work").iterdir()) == []
    assert make(store, result)


def test_what_is_there_is_not_made_again(store: Store, result: Path) -> None:
    assert make(store, result)
    assert not make(store, result)


def test_a_directory_in_use_is_not_reclaimed(tmp_path: Path) -> None:
    with temporary_directory(tmp_path) as mine:
        with temporary_directory(tmp_path):
            pass
        assert mine.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    store = Store(tmp_path / "file")
    with pytest.raises(StorageError, match="not a directory"):
        make(store, store.result("key", "thing", "1"))


def test_generations_are_switched_in_one_step(store: Store) -> None:
    assert store.current("env", "linux") is None
    for number in (1, 2, 10):
        directory = store.environments / "env" / "linux" / str(number)
        directory.mkdir(parents=True)
        (directory / "environment.json").write_text("{}")
    (store.environments / "env" / "linux" / "11").mkdir()  # Half made, and so none.
    assert store.generations("env", "linux") == [1, 2, 10]
    store.switch("env", "linux", 10)
    store.switch("env", "linux", 2)
    assert store.current("env", "linux") == store.environments / "env" / "linux" / "2"


def downloads() -> Iterator[tuple[Artifact, str]]:
    sha256, md5 = Digest("sha256", "ab" * 32), Digest("md5", "cd" * 16)
    yield Artifact("f", digests=(md5, sha256)), f"sha256/{sha256.value}/f"
    yield Artifact("f", digests=(md5,)), f"md5/{md5.value}/f"
    yield Artifact("f", urls=("http://a/f",)), "unverified/"


@pytest.mark.parametrize(("artifact", "place"), list(downloads()))
def test_downloads_lie_by_their_strongest_digest(
    store: Store, artifact: Artifact, place: str
) -> None:
    found = str(store.download(artifact).relative_to(store.root / "downloads"))
    assert found.startswith(place)


def test_keys_do_not_depend_on_order() -> None:
    assert input_key({"a": 1, "b": [2]}) == input_key({"b": [2], "a": 1})
    assert input_key({"a": 1}) != input_key({"a": 2})


@pytest.mark.parametrize("change", ["content", "name", "mode", "link", "more"])
def test_a_tree_digest_tells_every_difference(tmp_path: Path, change: str) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "l").symlink_to("a")
    before = tree_digest(tmp_path)
    match change:
        case "content":
            (tmp_path / "a").write_text("b")
        case "name":
            (tmp_path / "a").rename(tmp_path / "b")
        case "mode":
            (tmp_path / "a").chmod(0o755)
        case "link":
            (tmp_path / "l").unlink()
            (tmp_path / "l").symlink_to("b")
        case _:
            (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    assert tree_digest(tmp_path) != before
