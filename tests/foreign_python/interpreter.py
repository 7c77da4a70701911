"""A Python for 64-bit Arm, from Debian's packages, that qemu runs here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ckpm.config.platforms import known_platforms

EMULATOR = "qemu-aarch64-static"
WANTED = ("python3-minimal", "libpython3-stdlib", "libstdc++6")
SETTINGS = """\
Dir::State "{0}/state";
Dir::State::status "{0}/state/status";
Dir::Cache "{0}/cache";
APT::Architecture "arm64";
APT::Architectures {{"arm64";}};
APT::Sandbox::User "root";
Acquire::Languages "none";
"""


def lacking() -> str:
    """Return which program is missing for such a Python; nothing where all are there."""
    programs = ("apt-get", "dpkg-deb", EMULATOR)
    return ", ".join(name for name in programs if not shutil.which(name))


def fetched_python(directory: Path) -> str:
    """Unpack a Python for arm64 below ``directory``; return its version (``3.11``), or nothing.

    ``directory/bin/python3.11`` then runs it. apt keeps lists of its own there, for arm64 alone,
    and checks signatures with the machine's keys.
    """
    for name in ("state/lists/partial", "cache/archives/partial", "root/proc", "bin"):
        (directory / name).mkdir(parents=True)
    (directory / "state" / "status").touch()
    (directory / "apt.conf").write_text(SETTINGS.format(directory))
    asked = ("--yes", "--download-only", "--no-install-recommends")
    for command in (("update",), ("install", *asked, *WANTED)):
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "APT_CONFIG": f"{directory}/apt.conf"}
        subprocess.run(
            ("apt-get", *command), env=environ, capture_output=True, timeout=300, check=False
        )
    return _unpacked(directory, directory / "root")


def _unpacked(directory: Path, root: Path) -> str:
    for package in sorted((directory / "cache" / "archives").glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True, timeout=60)
    if not (root / "lib").exists():
        (root / "lib").symlink_to("usr/lib")
    lines = known_platforms()["linux-arm64"].cpuinfo
    (root / "proc" / "cpuinfo").write_text("".join(f"{line}\n" for line in lines))
    for python in (root / "usr" / "bin").glob("python3.[0-9]*"):
        program = directory / "bin" / python.name
        program.write_text(f'#!/bin/sh\nexec {EMULATOR} -L "{root}" "{python}" "$@"\n')
        program.chmod(0o755)
        return python.name.removeprefix("python")
    return ""
