"""``ckpm deploy`` where no device is needed to say what is wrong."""

from __future__ import annotations

from typing import Any

from devices import arm64


def test_no_ssh_and_no_address_are_told(project: Any) -> None:
    project.recipe("count", project.archive("count.tar", arm64.packed({"a": b"1"})))
    assert project.ckpm("install", "count", "--target", "linux-arm64").returncode == 0
    done = project.ckpm("deploy", "--to", "ssh://board")
    assert (done.returncode, "there is no `ssh` on this machine" in done.stderr) == (4, True)
    assert project.ckpm("deploy", "--to", "raspberrypi").returncode == 2
    assert project.ckpm("deploy", "--to", "ssh://-oProxyCommand=touch pwned").returncode == 2
