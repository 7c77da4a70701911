"""A phone behind the double of adb: busybox for Android's toybox, mksh for its shell."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ADB = Path(__file__).with_name("adb")
GETPROP = """\
case $1 in
ro.build.version.sdk) echo 34 ;;
ro.product.cpu.abi) echo arm64-v8a ;;
ro.product.model) echo "Pixel 8" ;;
esac"""
# SELinux lets nobody make hard links there, and uname is that of the phone.
SYSTEM = {
    "getprop": GETPROP,
    "ln": "echo 'ln: Permission denied' >&2; exit 1",
    "uname": "case $1 in -s) echo Linux ;; -m) echo aarch64 ;; *) echo 5.15.104-android14 ;; esac",
    "getconf": "exit 1",
    "ldd": "exit 127",
}


class Phone:
    """Devices by serial; ``programs`` is a directory for ``PATH`` in which ``adb`` knows them."""

    def __init__(self, directory: Path) -> None:
        self.root, self.programs = directory / "phone", directory / "programs"
        self.state = directory / "devices.json"
        system = self.root / "system" / "bin"
        for each in (system, self.root / "data" / "local" / "tmp", self.programs):
            each.mkdir(parents=True)
        subprocess.run(["busybox", "--install", "-s", str(system)], check=True, timeout=30)
        self.shell = shutil.which("mksh") or "/bin/sh"
        # busybox's own shell would run its own programs, whatever lies in PATH.
        (system / "sh").unlink()
        (system / "sh").symlink_to(self.shell)
        for name, script in SYSTEM.items():
            self._program(system / name, script)
        self._program(
            self.programs / "adb",
            f"ADB_DOUBLE='{self.state}' exec '{sys.executable}' '{ADB}' \"$@\"",
        )
        self.devices: dict[str, dict[str, Any]] = {}
        self.connect("serial-1")

    def connect(self, serial: str, state: str = "device", **more: Any) -> None:
        self.devices[serial] = {"state": state, "root": str(self.root), "shell": self.shell, **more}
        self.state.write_text(json.dumps(self.devices))

    def _program(self, path: Path, script: str) -> None:
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
