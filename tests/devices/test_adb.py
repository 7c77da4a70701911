"""``ckpm deploy`` and ``ckpm run --on`` a phone, behind a double of adb."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from devices.offered import BULK, OWN_GROUP, some_wait, wait_for, waiting_programs
from devices.phone import Phone


def test_a_phone_gets_the_environment_and_runs_it(phone: Phone, project: Any) -> None:
    done = project.ckpm("deploy", "--to", "adb:")
    assert done.returncode == 0, done.stderr
    area = phone.root / "data" / "local" / "tmp" / "ckpm"
    [place] = list(area.iterdir())
    assert (place / "packages" / "bulk" / "data").read_bytes() == BULK
    assert "is already on adb:serial-1" in project.ckpm("deploy", "--to", "adb:").stderr
    (place / "packages" / "bulk" / "data").write_bytes(b"tampered with")
    mended = json.loads(project.ckpm("deploy", "--to", "adb:", "--json").stdout)["result"]
    assert (mended["files_sent"], mended["bytes_sent"]) == (1, len(BULK))
    (project.directory / "one.txt").write_text("1")
    run = project.ckpm("run", "count", "--on", "adb:serial-1", "images=one.txt", "--json")
    assert run.returncode == 0, run.stderr
    record = json.loads(run.stdout)["result"]
    assert record["results"] == {"files": 1, "machine": "aarch64"}
    assert record["machine"]["name"] == "Pixel 8"
    assert record["machine"]["api"] == "34"


def test_a_phone_that_goes_away_is_continued(phone: Phone, project: Any) -> None:
    phone.connect("serial-1", cut_after=1 << 20)
    cut = project.ckpm("deploy", "--to", "adb:")
    assert cut.returncode == 1
    assert "the device went away after about" in cut.stderr
    assert project.ckpm("deploy", "--to", "adb:").returncode == 0
    [place] = list((phone.root / "data" / "local" / "tmp" / "ckpm").iterdir())
    assert (place / "packages" / "bulk" / "data").read_bytes() == BULK


def test_an_interrupt_leaves_nothing_running_on_a_phone(phone: Phone, project: Any) -> None:
    wait = some_wait()
    with project.start("run", "count", "--on", "adb:", f"wait={wait}", **OWN_GROUP) as running:
        wait_for(lambda: waiting_programs(wait))
        os.killpg(running.pid, signal.SIGINT)  # As a terminal does.
        running.communicate(timeout=30)
    assert running.returncode == 130
    wait_for(lambda: not waiting_programs(wait))


@pytest.mark.parametrize(
    ("devices", "to", "code", "told"),
    [
        ({"a": "device", "b": "device"}, "adb:", 2, "several Android devices are connected"),
        ({}, "adb:", 1, "no Android device is connected"),
        ({"a": "device"}, "adb:z", 1, "adb:z: it is not connected"),
        ({"a": "unauthorized"}, "adb:a", 1, "adb:a: it has not allowed this computer to debug it"),
        ({"a": "offline"}, "adb:", 1, "adb:a: it is offline"),
        ({"a": "old"}, "adb:a", 1, "adb:a: this device or this adb is too old"),
    ],
)
def test_what_adb_says_is_told_with_a_remedy(
    phone: Phone, project: Any, devices: dict[str, str], to: str, code: int, told: str
) -> None:
    phone.devices.clear()
    phone.state.write_text("{}")
    for serial, state in devices.items():
        old = {"features": ["cmd"]} if state == "old" else {}
        phone.connect(serial, "device" if old else state, **old)
    done = project.ckpm("deploy", "--to", to)
    assert done.returncode == code
    assert told in done.stderr
    assert "hint: " in done.stderr
