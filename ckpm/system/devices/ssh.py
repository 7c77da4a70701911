"""Devices reached by the system's own ``ssh``: its configuration, keys, agents and jump hosts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ckpm.system.devices.address import SshAddress
from ckpm.system.devices.faults import SSH, Fault
from ckpm.system.process import run_captured

# Room for the name ssh gives a socket until it is ready; sun_path in unix(7) holds 108 bytes.
_LONGEST_SOCKET = 80
_PERSIST_S = 30


class SshConnection:
    """One connection, shared by all commands while this object is open."""

    default = ".ckpm"
    faults: Sequence[Fault] = SSH

    def __init__(self, address: SshAddress, program: str, environ: Mapping[str, str]) -> None:
        self.title = str(address)
        self.name = address.host
        self.directory = address.directory.removeprefix("/~/")
        self._address = address
        self._program = program
        self._environ = environ
        self._private = Path(tempfile.mkdtemp(prefix="ckpm-"))

    def argv(self, line: str) -> list[str]:
        return [self._program, "-T", *self._options(), "--", self.name, line]

    def _options(self) -> list[str]:
        settings = ["BatchMode=yes", "ConnectTimeout=10"]
        settings += ["ServerAliveInterval=10", "ServerAliveCountMax=3"]
        socket = str(self._private / "socket")
        if len(socket) < _LONGEST_SOCKET:
            settings += ["ControlMaster=auto", f"ControlPath={socket}"]
            settings.append(f"ControlPersist={_PERSIST_S}")
        options = [item for setting in settings for item in ("-o", setting)]
        options += ["-l", self._address.user] if self._address.user else []
        return options + (["-p", self._address.port] if self._address.port else [])

    def close(self) -> None:
        if (self._private / "socket").exists():
            run_captured(
                [self._program, *self._options(), "-O", "exit", "--", self.name],
                environ=self._environ,
            )
        shutil.rmtree(self._private, ignore_errors=True)
