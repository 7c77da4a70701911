"""Kills, interrupts and bad disks, for real: the old environment stays, the next run repairs.

Each harness counts that its fault really hit: a fault that never happens proves nothing.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SIZE = 3_000_000
PAUSE_AT = 2_000_000
SMALL_DISK = "1m"


@pytest.fixture
def big(project: Any, pack: Any) -> Any:
    """A project with something small installed, and something big to install."""
    project.recipe("small", project.archive("small.tar", pack({"a": b"small\n"})))
    noise = {f"{n}.bin": bytes([n]) * (SIZE // 30) for n in range(30)}
    project.recipe("big", project.archive("big.tar", pack(noise)))
    assert project.ckpm("install", "small").returncode == 0
    return project


def read_small(project: Any) -> str:
    done = project.ckpm("exec", "--", "sh", "-c", "cat $CKPM_SMALL_ROOT/a; ls $CKPM_BIG_ROOT")
    return str(done.stdout)


def assert_untouched(project: Any, before: dict[str, Any]) -> None:
    assert project.state() == before
    assert "small\n" in read_small(project)
    assert [p.name for p in (project.store / "results").glob("*big*")] == []


def assert_next_run_succeeds(project: Any) -> None:
    done = project.ckpm("install", "big")
    assert done.returncode == 0, done.stderr
    assert "29.bin" in read_small(project)
    assert list((project.store / "work").iterdir()) == []
    assert list((project.store / "downloads").rglob("*.part*")) == []


@contextmanager
def in_the_middle_of_the_download(project: Any, behaviour: Any, **settings: Any) -> Iterator[Any]:
    project.server.misbehave("big.tar", behaviour(pause=PAUSE_AT))
    with project.start("install", "big", **settings) as running:
        assert project.server.paused.wait(20)
        partial = wait_for_bytes(project.store / "downloads", PAUSE_AT - (1 << 17))
        yield running, partial


def wait_for_bytes(directory: Path, count: int) -> Path:
    while True:
        for partial in directory.rglob("big.tar.part"):
            if partial.stat().st_size >= count:
                return partial


def test_killed_in_the_middle_of_a_download(big: Any, behaviour: Any) -> None:
    before = big.state()
    with in_the_middle_of_the_download(big, behaviour) as (running, partial):
        running.kill()
        assert running.wait(10) == -signal.SIGKILL
    there = partial.stat().st_size
    assert_untouched(big, before)
    big.server.resume.set()
    assert_next_run_succeeds(big)
    last = big.server.answers[-1]
    whole = (big.server.root / "big.tar").stat().st_size
    assert (last.status, last.sent) == (206, whole - there)
    assert there > PAUSE_AT // 2


def test_interrupted_in_the_middle_of_a_download(big: Any, behaviour: Any) -> None:
    """Ctrl-C while the server is silent: at once, without a traceback."""
    before = big.state()
    with in_the_middle_of_the_download(big, behaviour) as (running, _):
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=5)
    assert running.returncode == 130
    assert (out, "error: interrupted\n" in err, "Traceback" in err) == ("", True, False)
    assert_untouched(big, before)
    big.server.resume.set()
    assert_next_run_succeeds(big)
    assert big.server.answers[-1].status == 206


def freeze_while_unpacking(project: Any) -> tuple[Any, Path]:
    """Stop ckpm somewhere in the middle of the thirty files that it unpacks."""
    running = project.start("install", "big")
    work = project.store / "work"
    while True:
        assert running.poll() is None, "it ended before it could be stopped"
        found = next(iter(work.glob(".tmp-*/result/*.bin")), None)
        if found is not None:
            running.send_signal(signal.SIGSTOP)
            return running, found.parent


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_of_unpacking(big: Any, pack: Any, stop: signal.Signals) -> None:
    # Many files: that there is a middle to hit.
    many = {f"{n}.bin": bytes(1000) for n in range(6000)}
    big.recipe("big", big.archive("big.tar", pack(many)))
    for _ in range(3):
        before = big.state()
        running, product = freeze_while_unpacking(big)
        with running:
            assert 0 < len(list(product.iterdir())) < 6000
            running.send_signal(stop)
            running.send_signal(signal.SIGCONT)
            running.communicate(timeout=20)
        if running.returncode:
            break
        # Seldom, an interrupt is lost: Python drops one that arrives in a destructor. Then the
        # install was simply done, and is taken back to try again.
        assert big.ckpm("remove", "big").returncode == 0
        shutil.rmtree(big.store / "results")
    assert running.returncode == (-signal.SIGKILL if stop == signal.SIGKILL else 130)
    assert (stop == signal.SIGKILL) == product.exists()
    assert_untouched(big, before)
    sent = big.server.sent("big.tar")
    assert_next_run_succeeds(big)
    assert big.server.sent("big.tar") == sent


def test_a_full_disk(big: Any, tmp_path: Path) -> None:
    """A file system of its own where root may mount one, else a limit on the size of files."""
    before = big.state()
    with small_disk(big, tmp_path) as limited:
        done = big.ckpm("install", "big", **limited)
        assert done.returncode == 1, done.stderr
        assert "cannot write below" in done.stderr or "are free" in done.stderr
        assert "hint: free some space" in done.stderr
        assert big.state() == before
        assert "small\n" in read_small(big)
    assert_next_run_succeeds(big)


@contextmanager
def small_disk(project: Any, tmp_path: Path) -> Iterator[dict[str, Any]]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    downloads = project.store / "downloads"
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(downloads)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield {"preexec_fn": limit}
        return
    try:
        yield {}
        assert shutil.disk_usage(downloads).free < 1 << 17, "the disk never became full"
    finally:
        subprocess.run(["umount", str(downloads)], check=True)


def test_a_file_size_limit(big: Any) -> None:
    before = big.state()

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = big.ckpm("install", "big", preexec_fn=limit)
    assert (done.returncode, "file too large" in done.stderr) == (1, True), done.stderr
    assert_untouched(big, before)
    assert_next_run_succeeds(big)


def test_a_read_only_store(big: Any, powerless: Callable[[], None]) -> None:
    before = big.state()
    with read_only(big.store):
        done = big.ckpm("install", "big", preexec_fn=powerless)
        assert (done.returncode, done.stdout) == (1, "")
        assert "error: cannot write below" in done.stderr
        assert "permission denied" in done.stderr
        assert big.state() == before
        assert "small\n" in read_small(big)
    assert_next_run_succeeds(big)


def test_a_read_only_home(big: Any, powerless: Callable[[], None], tmp_path: Path) -> None:
    """Neither store nor cache can be made: a clear error, one document."""
    for name in ("CKPM_STORE", "CKPM_CACHE", "CKPM_CONFIG"):
        del big.environ[name]
    (tmp_path / "home").mkdir()
    with read_only(tmp_path / "home"):
        done = big.ckpm("install", "small", "--json", preexec_fn=powerless)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["exit_code"], error["kind"]) == (1, 1, "Storage")
    assert "permission denied" in error["message"]


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    directories = [root, *(p for p in root.rglob("*") if p.is_dir() and not p.is_symlink())]
    modes = {path: path.stat().st_mode for path in directories}
    for path in directories:
        path.chmod(0o555)
    yield
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.fixture
def powerless(tmp_path: Path) -> Callable[[], None]:
    """What a child runs so that permissions count for root too: capabilities(7)."""
    libc = ctypes.CDLL(None)
    override, read_search, drop = 1, 2, 24

    def become() -> None:
        for capability in (override, read_search):
            libc.prctl(drop, capability, 0, 0, 0)

    probe = tmp_path / "probe"
    probe.mkdir(0o555)
    done = subprocess.run(
        ["touch", str(probe / "x")], preexec_fn=become, capture_output=True, check=False
    )
    if done.returncode == 0:
        pytest.skip("permissions cannot be made to count here")
    return become
