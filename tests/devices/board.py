"""A board behind a real sshd on the loopback, with keys of its own.

Real: ssh, sshd, the keys, the shell, its tools, and arm64 programs, run by qemu. Doubles: `uname`
and `getconf` answer for the board, and qemu is started by a preloaded library.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/sbin")
FACTS = {
    "uname": "case $1 in -s) echo Linux ;; -m) echo aarch64 ;; *) echo 6.6.31-board ;; esac",
    "getconf": "case $1 in LONG_BIT) echo 64 ;; GNU*) echo glibc 2.36 ;; *) echo 4 ;; esac",
}
ENTER = """\
#!/bin/sh
export HOME='{home}' PATH='{bin}:/usr/bin:/bin' LD_PRELOAD='{preload}'
cd "$HOME" && exec sh -c "$SSH_ORIGINAL_COMMAND"
"""
SERVER = """\
ListenAddress 127.0.0.1:{port}
HostKey {directory}/host
AuthorizedKeysFile {directory}/authorized
ForceCommand {directory}/enter
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
"""
CLIENT = """\
Host board
  HostName 127.0.0.1
  HostKeyAlias board
  Port {port}
  User {user}
  IdentityFile {directory}/client
  IdentitiesOnly yes
  UserKnownHostsFile {directory}/known
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  LogLevel ERROR
"""


class Board:
    """One board; ``programs`` is a directory for ``PATH`` in which ``ssh`` knows ``ssh://board``."""

    def __init__(self, directory: Path, preload: Path | None = None) -> None:
        self.directory = directory
        self.home, self.bin = directory / "home", directory / "facts"
        self.programs = directory / "programs"
        for each in (self.home, self.bin, self.programs):
            each.mkdir(parents=True)
        for name in ("host", "client", "stranger"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)]
            subprocess.run(command, check=True, timeout=30)
        shutil.copy(directory / "client.pub", directory / "authorized")
        self.know(directory / "host.pub")
        for name, script in FACTS.items():
            self.program(self.bin / name, script)
        self.program(
            self.programs / "ssh", f'exec {shutil.which("ssh")} -F {directory}/config "$@"'
        )
        entering = {"home": self.home, "bin": self.bin, "preload": preload or ""}
        (directory / "enter").write_text(ENTER.format(**entering))
        (directory / "enter").chmod(0o755)
        self.port = free_port()
        self.reach(self.port)
        self._start()

    def _start(self) -> None:
        config = self.directory / "server"
        config.write_text(SERVER.format(directory=self.directory, port=self.port))
        if os.getuid() == 0:  # Where sshd gives up its rights.
            Path("/run/sshd").mkdir(exist_ok=True)
        command = [str(SSHD), "-D", "-e", "-f", str(config)]
        self.log = (self.directory / "log").open("wb")
        self.server = subprocess.Popen(command, stderr=self.log)
        for _ in range(100):
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.directory / "log").read_text())

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(10)
        self.log.close()

    def reach(self, port: int) -> None:
        """Have ``ssh://board`` mean another port."""
        values = {"directory": self.directory, "port": port, "user": getpass.getuser()}
        (self.directory / "config").write_text(CLIENT.format(**values))

    def know(self, key: Path) -> None:
        """Have ssh expect this host key."""
        (self.directory / "known").write_text(f"board {key.read_text()}")

    def program(self, path: Path, script: str) -> None:
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


class Cable:
    """A connection to a port that can be cut, now or after ``left`` bytes towards it."""

    def __init__(self, port: int) -> None:
        self.left: int | None = None
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        """End every connection; new ones may be made."""
        for end in self._ends:
            _shut(end)

    def close(self) -> None:
        _shut(self._listening)
        self.cut()
        for thread in self._threads:
            thread.join(10)
        for end in (self._listening, *self._ends):
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [near, far]
            for pump in (self._towards, self._back):
                self._threads.append(threading.Thread(target=pump, args=(near, far)))
                self._threads[-1].start()

    def _towards(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                far.sendall(data if self.left is None else data[: self.left])
                self.left = None if self.left is None else self.left - len(data)
                if self.left is not None and self.left <= 0:
                    self.left = None
                    self.cut()
        _shut(far)

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                near.sendall(data)
        _shut(near)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
