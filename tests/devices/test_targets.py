"""A target is read from the device itself, by ssh or adb."""

from __future__ import annotations

import json
from typing import Any

from devices.phone import Phone


def test_a_board_says_what_it_is(there: Any) -> None:
    done = there.ckpm("target", "show", "ssh://board", "--json")
    assert done.returncode == 0, done.stderr
    target = json.loads(done.stdout)["result"]
    assert (target["name"], target["facts"]["glibc"]) == ("linux-arm64", "2.36")


def test_what_a_phone_has_takes_part_in_the_choice(project: Any, phone: Phone) -> None:
    done = project.ckpm("resolve", "tensorflow", "--target", "adb:serial-1", "--json")
    assert done.returncode == 0, done.stderr
    chosen = {
        each["name"]: each["version"] for each in json.loads(done.stdout)["result"]["packages"]
    }
    assert chosen["api"] == "34"


def test_a_device_that_is_not_there_is_told(project: Any, phone: Phone) -> None:
    done = project.ckpm("resolve", "tensorflow", "--target", "adb:ABSENT")
    assert done.returncode == 1
    assert done.stderr.startswith("error: adb:ABSENT")
