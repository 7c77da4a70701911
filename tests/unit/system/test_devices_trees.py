"""Files to and from devices, here with a shell of this machine for the device."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

import pytest
from devices.here import device_here

from ckpm.errors import CkpmError, IntegrityError, UsageError
from ckpm.system.devices import DeviceError
from ckpm.system.devices.trees import (
    fetch_tree,
    files_below,
    remote_digests,
    send_files,
    text_file,
)

NAMES = [
    "plain",
    "two words/it's",
    "back\\slash",
    "é/ü",
    "-dash",
    "$HOME",
    "line\u2028separator",
    "deep/" + "d" * 90 + "/" + "e" * 90,
]


def tree(directory: Path) -> Path:
    for name in NAMES:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 1000)
    (directory / "run").write_bytes(b"#!/bin/sh\n")
    (directory / "run").chmod(0o755)
    return directory


def contents(directory: Path) -> dict[str, bytes]:
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("programs", ["coreutils", "busybox"])
def test_files_go_there_and_come_back_the_same(tmp_path: Path, programs: str) -> None:
    place = None
    if programs == "busybox":
        place = tmp_path / "busybox"
        place.mkdir()
        for name in ("tar", "sha256sum", "find", "mkdir"):
            (place / name).symlink_to(shutil.which("busybox") or pytest.skip("no busybox"))
    device, counted = device_here(programs=place), []
    files = list(files_below(tree(tmp_path / "ours"), "sent"))
    send_files(device, str(tmp_path / "theirs"), files, counted.append)
    assert sum(counted) == sum(file.size for file in files)
    assert remote_digests(device, str(tmp_path / "theirs")) == {f.name: f.sha256 for f in files}
    assert (tmp_path / "theirs" / "sent" / "run").stat().st_mode & 0o777 == 0o755
    fetch_tree(device, str(tmp_path / "theirs" / "sent"), tmp_path / "back")
    assert contents(tmp_path / "back") == contents(tmp_path / "ours")


def test_start_up_files_that_print_change_nothing(tmp_path: Path) -> None:
    shell = tmp_path / "noisy"
    shell.write_text('#!/bin/sh\necho Welcome home\nexec /bin/sh "$@"\n')
    shell.chmod(0o755)
    device = device_here(str(shell))
    send_files(device, str(tmp_path / "x"), [text_file("a", "1")], lambda _: None)
    assert set(remote_digests(device, str(tmp_path / "x"))) == {"a"}
    fetch_tree(device, str(tmp_path / "x"), tmp_path / "y")
    assert contents(tmp_path / "y") == {"a": b"1"}


def test_links_become_what_they_lead_to(tmp_path: Path) -> None:
    tree(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "alias").symlink_to("plain")
    files = {file.name: file.sha256 for file in files_below(tmp_path / "link", "x")}
    assert files["x/alias"] == files["x/plain"]
    assert set(files) == {f"x/{name}" for name in (*NAMES, "run", "alias")}


def test_links_that_lead_nowhere_or_round_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("gone")
    with pytest.raises(CkpmError, match="No such file"):
        list(files_below(tmp_path, "x"))
    (tmp_path / "a").unlink()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").symlink_to("..")
    with pytest.raises(CkpmError, match="leads to a directory that it lies in"):
        list(files_below(tmp_path, "x"))


def test_names_with_line_breaks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a\nb").write_text("")
    with pytest.raises(UsageError, match="line break"):
        list(files_below(tmp_path, "x"))


def evil(directory: Path, *members: tuple[str, str]) -> Path:
    """Put a ``tar`` first that packs what a hostile device would."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, link in members:
            member = tarfile.TarInfo(name)
            member.type = tarfile.SYMTYPE if link else tarfile.REGTYPE
            member.linkname = link
            tar.addfile(member)
    (directory / "archive").write_bytes(buffer.getvalue())
    (directory / "tar").write_text(f"#!/bin/sh\nexec cat '{directory}/archive'\n")
    (directory / "tar").chmod(0o755)
    return directory


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/ckpm-out"])
def test_a_device_cannot_write_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "programs").mkdir()
    device = device_here(programs=evil(tmp_path / "programs", (name, "")))
    with pytest.raises(IntegrityError, match="would lie outside"):
        fetch_tree(device, str(tmp_path), tmp_path / "in")
    assert not (tmp_path / "out").exists()


def test_a_device_cannot_send_links(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "empty").mkdir()
    device = device_here(programs=evil(tmp_path / "programs", ("a", "/"), ("a/out", "")))
    fetch_tree(device, str(tmp_path / "empty"), tmp_path / "in")
    assert not (tmp_path / "in" / "a").is_symlink()


def test_what_came_damaged_is_told(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a").write_text("whole")
    device = device_here(programs=evil(tmp_path / "programs", ("a", "")))
    with pytest.raises(IntegrityError, match="damaged"):
        fetch_tree(device, str(tmp_path / "theirs"), tmp_path / "in")


@pytest.mark.parametrize(
    ("tar", "error", "told"),
    [
        ('head -c 700 "$0.half"', IntegrityError, "damaged or not at all"),
        (
            "echo no archive, but a text that is long enough" + " x" * 500,
            IntegrityError,
            "no archive",
        ),
        ("echo tar: busy >&2; exit 2", DeviceError, "tar: busy"),
        ('head -c 700 "$0.half"; kill -KILL $PPID', DeviceError, "."),
    ],
)
def test_what_comes_as_half_an_archive_is_no_result(
    tmp_path: Path, tar: str, error: type[CkpmError], told: str
) -> None:
    (tmp_path / "programs").mkdir()
    evil(tmp_path / "programs", ("a", ""), ("b", ""))
    (tmp_path / "programs" / "archive").rename(tmp_path / "programs" / "tar.half")
    (tmp_path / "programs" / "tar").write_text(f"#!/bin/sh\n{tar}\n")
    with pytest.raises(error, match=told):
        fetch_tree(device_here(programs=tmp_path / "programs"), str(tmp_path), tmp_path / "in")


def test_a_text_is_a_file(tmp_path: Path) -> None:
    send_files(device_here(), str(tmp_path / "x"), [text_file("a/b", "é\n")], lambda _: None)
    assert (tmp_path / "x" / "a" / "b").read_text() == "é\n"
