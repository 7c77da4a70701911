"""Devices: their addresses, what they say, and what is said to them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from devices.here import device_here

from ckpm.config.platforms import known_platforms
from ckpm.errors import CkpmError, UsageError
from ckpm.system.devices import (
    AdbAddress,
    DeviceError,
    DeviceFacts,
    DisconnectedError,
    SshAddress,
    device_facts,
    is_device,
    read_address,
)
from ckpm.system.devices.faults import ADB, REMOTE, SSH, fault
from ckpm.system.devices.ssh import SshConnection

CASES = Path(__file__).parents[2] / "devices"
SHELLS = [("dash",), ("bash",), ("mksh",), ("busybox", "sh"), ("zsh",), ("fish",)]
HOSTILE = [
    "two words",
    "it's",
    '"q"',
    "$HOME",
    "`id`",
    "$(id)",
    "a;b",
    "*",
    "\\",
    "-n",
    "é",
    "",
    "!x",
]


def cases(name: str) -> list[Any]:
    return list(yaml.safe_load((CASES / name).read_text()))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ssh://pi", SshAddress("pi")),
        ("ssh://Me@pi:2222/opt/x/", SshAddress("pi", "Me", "2222", "/opt/x")),
        ("ssh://pi/~/demo", SshAddress("pi", directory="/~/demo")),
        ("ssh://pi/", SshAddress("pi")),
        ("ssh://pi/~", SshAddress("pi")),
        ("ssh://[fe80::1%eth0]:22", SshAddress("fe80::1%eth0", port="22")),
        ("adb:", AdbAddress()),
        ("adb:emulator-5554", AdbAddress("emulator-5554")),
        ("adb:10.0.0.9:5555", AdbAddress("10.0.0.9:5555")),
        ("adb:x/data/local/tmp/y", AdbAddress("x", "/data/local/tmp/y")),
    ],
)
def test_addresses_are_read(text: str, address: object) -> None:
    assert is_device(text)
    assert read_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "pi",
        "ssh:pi",
        "ssh://",
        "ssh://-oProxyCommand=id",
        "ssh://-l@pi",
        "ssh://me:secret@pi",
        "ssh://pi:port",
        "ssh://p i",
        "ssh://pi/a/../b",
        "ssh://pi/a\nb",
        "adb:-d",
        "adb:a b",
        "android-arm64",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_address(text)


def test_ssh_gets_what_the_address_says_and_its_configuration_the_rest() -> None:
    full = SshConnection(SshAddress("pi", "me", "2222"), "ssh", {})
    assert full.argv("true")[-7:] == ["-l", "me", "-p", "2222", "--", "pi", "true"]
    bare = SshConnection(SshAddress("pi"), "ssh", {})
    assert not {"-l", "-p"} & set(bare.argv("true"))
    full.close()
    bare.close()


@pytest.mark.parametrize("case", cases("facts.yaml"), ids=lambda case: case["it"])
def test_a_device_is_the_target_it_tells(case: Any) -> None:
    facts = DeviceFacts("x", case["told"])
    if "refused" in case:
        with pytest.raises(DeviceError, match=case["refused"]):
            facts.target(known_platforms())
    else:
        assert facts.target(known_platforms()) == case["target"]


@pytest.mark.parametrize("case", cases("faults.yaml"), ids=lambda case: case["said"][:40])
def test_what_is_said_is_told_in_plain_words(case: Any) -> None:
    known = {"ssh": SSH, "adb": ADB, "device": REMOTE}[case["from"]]
    found = fault("ssh://x", case["said"], known)
    assert found.message == f"ssh://x: {case['told']}"
    assert isinstance(found, DisconnectedError) == ("went away" in case["told"])


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_every_shell_passes_arguments_as_they_are(shell: tuple[str, ...]) -> None:
    if not shutil.which(shell[0]):
        pytest.skip(f"there is no {shell[0]}")
    device = device_here(*shell)
    said = device.ask('for each in "$@"; do echo "<$each>"; done', *HOSTILE)
    assert said.splitlines() == [f"<{text}>" for text in HOSTILE]
    assert device.ask("cat", sending="a\nb") == "a\nb"
    assert device_facts(device).told["system"] == "Linux"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b"])
def test_line_breaks_are_sent_to_no_device(text: str) -> None:
    with pytest.raises(UsageError, match="line break"):
        device_here().ask("true", text)


def test_a_line_that_fails_is_told_from_a_connection_that_does() -> None:
    device = device_here()
    with pytest.raises(CkpmError, match=r"^here: a command there ended with 255$"):
        device.ask("exit 255")
    with pytest.raises(DisconnectedError):
        device.ask("kill -KILL $PPID; kill -KILL $$")


def test_an_answer_that_was_cut_off_well_is_no_answer(tmp_path: Path) -> None:
    """As of an adb whose cable is pulled: it ends with 0 and half of the text."""
    shell = tmp_path / "half"
    shell.write_text("#!/bin/sh\necho half\nexit 0\n")
    shell.chmod(0o755)
    with pytest.raises(DisconnectedError):
        device_here(str(shell)).ask("echo all of it")
