"""The machine we run on, as detectors see it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ckpm.model.platform import Platform
from ckpm.system.host import LocalHost

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu", elf_machine=62)


@pytest.fixture
def host() -> LocalHost:
    return LocalHost({}, LINUX)


def test_lists_a_directory_once(host: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    (tmp_path / "a").touch()
    assert list(host.names(str(tmp_path))) == ["a", "b"]
    (tmp_path / "c").touch()
    assert list(host.names(str(tmp_path))) == ["a", "b"]
    assert list(host.names(str(tmp_path / "none"))) == []


@pytest.mark.parametrize(("mode", "may_run"), [(0o755, True), (0o644, False), (0o4755, False)])
def test_only_plain_executables_are_programs(
    host: LocalHost, tmp_path: Path, mode: int, may_run: object
) -> None:
    (tmp_path / "tool").touch()
    (tmp_path / "tool").chmod(mode)
    status = host.inspect(str(tmp_path / "tool"))
    assert status is not None
    assert status.is_program is may_run


def test_a_directory_is_no_program_and_a_dangling_or_circular_link_nothing(
    host: LocalHost, tmp_path: Path
) -> None:
    (tmp_path / "dangling").symlink_to("none")
    (tmp_path / "circular").symlink_to("circular")
    directory = host.inspect(str(tmp_path))
    assert directory is not None
    assert directory.is_directory
    assert not directory.is_program
    assert host.inspect(str(tmp_path / "dangling")) is None
    assert host.inspect(str(tmp_path / "circular")) is None


def test_names_of_one_file_share_identity_and_a_change_shows(
    host: LocalHost, tmp_path: Path
) -> None:
    tool, link, twin = tmp_path / "tool", tmp_path / "link", tmp_path / "twin"
    tool.write_text("one")
    link.symlink_to(tool)
    twin.hardlink_to(tool)
    first, through = host.inspect(str(tool)), host.inspect(str(link))
    also = host.inspect(str(twin))
    assert first is not None
    assert through is not None
    assert also is not None
    assert first.identity == through.identity == also.identity
    assert through.real_path == str(tool)
    os.utime(tool, ns=(1, 1))
    changed = host.inspect(str(tool))
    assert changed is not None
    assert changed.fingerprint != first.fingerprint


def test_reads_the_start_of_regular_files_only(host: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x7fELFrest")
    os.mkfifo(tmp_path / "pipe")
    assert host.read(str(tmp_path / "file"), 4) == b"\x7fELF"
    assert host.read(str(tmp_path / "pipe")) == b""
    assert host.read(str(tmp_path)) == b""
    assert host.read(str(tmp_path / "none")) == b""


def test_real_paths_are_those_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "b").symlink_to("a/deep")
    (tmp_path / "a" / "deep" / "up").symlink_to("..")
    (tmp_path / "a" / "file").touch()
    (tmp_path / "a" / "deep" / "link").symlink_to("up/../b/../file")
    (tmp_path / "c").symlink_to("b/link")
    (tmp_path / "d").symlink_to(tmp_path / "c")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nowhere")
    host = LocalHost({}, LINUX)
    names = ("a", "b", "b/up", "b/up/deep/link", "c", "d", "b/", "a/.", "a/deep/..", "b/..")
    for _ in range(2):  # The second time, directories are known.
        for path in (*(f"{tmp_path}/{name}" for name in names), "/", "//usr", "/usr/bin/env"):
            status = host.inspect(path)
            assert status is not None, path
            assert status.real_path == os.path.realpath(path)
    assert host.inspect(f"{tmp_path}/loop") is None
    assert host.inspect(f"{tmp_path}/gone") is None
