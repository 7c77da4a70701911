"""A recorded machine tells the same as the real one, and says what it was never asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ckpm.model.platform import Platform
from ckpm.recipe.load import load_cases
from ckpm.recipe.machines import described_host
from ckpm.schema.documents import write_list
from ckpm.system.described import DescribedHost
from ckpm.system.host import Host, LocalHost
from ckpm.system.recording import RecordingHost

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    tool = bin_dir / "tool-1"
    tool.write_text('#!/bin/sh\necho "tool 1.0 asked $1"\nexit 3\n')
    tool.chmod(0o755)
    (bin_dir / "tool").symlink_to("tool-1")
    (bin_dir / "hard").hardlink_to(tool)
    (bin_dir / "gone").symlink_to("nowhere")
    (tmp_path / "sbin").symlink_to("bin")
    (tmp_path / "shared").mkdir(mode=0o777)
    (tmp_path / "shared").chmod(0o777)
    (tmp_path / "elf").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(11) + b"\xb7\x00" + bytes(999))
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "empty").mkdir()
    return tmp_path


QUESTIONS: list[Callable[[Host, str], object]] = [
    lambda host, top: list(host.names(f"{top}/bin")),
    lambda host, top: list(host.names(f"{top}/sbin")),
    lambda host, top: list(host.names(f"{top}/empty")),
    lambda host, top: list(host.names(f"{top}/nowhere")),
    lambda host, top: host.probe([f"{top}/sbin/tool", "--version"]).output,
    lambda host, top: host.probe([f"{top}/bin/tool", "-v"]).returncode,
    lambda host, top: host.read(f"{top}/bytes"),
    lambda host, top: host.read(f"{top}/elf", 20),
    lambda host, top: host.read(f"{top}/nowhere"),
    lambda host, top: host.digest(f"{top}/bytes", "sha256"),
    lambda host, top: host.environ.get("ASKED"),
    lambda host, top: host.environ.get("UNSET"),
    *(
        lambda host, top, name=name: told(host, f"{top}/{name}")
        for name in ("bin", "sbin", "bin/tool", "sbin/tool", "bin/gone", "shared", "empty", "elf")
    ),
    lambda host, top: same(host, f"{top}/bin/tool", f"{top}/bin/hard"),
    lambda host, top: same(host, f"{top}/bin/tool", f"{top}/elf"),
]


def told(host: Host, path: str) -> object:
    status = host.inspect(path)
    return status and (
        status.real_path,
        status.is_program,
        status.is_directory,
        status.is_world_writable,
    )


def same(host: Host, path: str, other: str) -> bool:
    first, second = host.inspect(path), host.inspect(other)
    assert first
    assert second
    return first.identity == second.identity


def replayed(recording: RecordingHost, file: Path) -> DescribedHost:
    file.write_text(write_list([{"machine": recording.document(), "found": []}]))
    return described_host(load_cases(file)[0].machine)


def test_a_replay_answers_every_question_as_the_machine_did(machine: Path) -> None:
    host = LocalHost({"ASKED": "yes", "SILENT": "no"}, LINUX)
    recording = RecordingHost(host)
    answers = [question(recording, str(machine)) for question in QUESTIONS]
    replay = replayed(recording, machine / "machine.yaml")
    assert [question(replay, str(machine)) for question in QUESTIONS] == answers
    assert answers[4] == "tool 1.0 asked --version\n"
    assert dict(replay.environ) == {"ASKED": "yes"}


def test_what_was_never_asked_is_said(machine: Path) -> None:
    recording = RecordingHost(LocalHost({}, LINUX))
    recording.probe([f"{machine}/bin/tool", "--version"])
    replay = replayed(recording, machine / "machine.yaml")
    result = replay.probe([f"{machine}/bin/tool", "--help"])
    assert result.fault == "was not asked this when the machine was recorded"


def test_a_recording_masks_homes_and_secrets(machine: Path) -> None:
    (machine / "config").write_text(f"token=s3cret\nhome={machine}\n")
    environ = {"HOME": str(machine), "HF_TOKEN": "s3cret", "PATH": f"{machine}/bin"}
    recording = RecordingHost(LocalHost(environ, LINUX))
    assert b"s3cret" in recording.read(f"{machine}/config")
    recording.names(f"{machine}/bin")
    assert recording.environ["HF_TOKEN"]
    assert recording.environ["PATH"] == f"{machine}/bin"
    text = write_list([{"machine": recording.document(), "found": []}])
    assert "s3cret" not in text
    assert str(machine) not in text
    assert "/home/user/bin" in text


def test_what_is_longer_than_any_answer_is_not_written_down(machine: Path) -> None:
    (machine / "database").write_text("private " * 40000)
    recording = RecordingHost(LocalHost({}, LINUX))
    recording.read(f"{machine}/database", 1 << 20)
    assert "private" not in str(recording.document())
