"""This machine as a device: a connection that only starts a shell."""

from __future__ import annotations

import os
from pathlib import Path

from ckpm.system.devices.connection import Connection
from ckpm.system.devices.device import Device
from ckpm.system.devices.faults import SSH


class Here(Connection):
    """Reads lines with a shell of this machine, as sshd does with a person's."""

    title, name, directory, default = "here", "here", "", ""
    faults = SSH

    def __init__(self, *shell: str) -> None:
        self.shell = shell or ("/bin/sh",)

    def argv(self, line: str) -> list[str]:
        return [*self.shell, "-c", line]

    def close(self) -> None:
        """Nothing is open."""


def device_here(*shell: str, programs: Path | None = None) -> Device:
    path = os.environ["PATH"] if programs is None else f"{programs}:{os.environ['PATH']}"
    return Device(Here(*shell), {**os.environ, "PATH": path})
