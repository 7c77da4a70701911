"""Pythons for 64-bit Arm: from Debian's packages, and one that only says how it was started."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64-static"
LOADER = "lib/ld-linux-aarch64.so.1"
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


def fetched_root(directory: Path) -> tuple[Path, str] | None:
    """Unpack a root for arm64 in ``directory``; return it and its Python (``3.11``), or nothing.

    apt has lists of its own there, for arm64 alone, and checks signatures with the machine's keys.
    """
    for name in ("state/lists/partial", "cache/archives/partial"):
        (directory / name).mkdir(parents=True)
    (directory / "state" / "status").touch()
    (directory / "apt.conf").write_text(SETTINGS.format(directory))
    asked = ("--yes", "--download-only", "--no-install-recommends")
    for command in (("update",), ("install", *asked, *WANTED)):
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "APT_CONFIG": f"{directory}/apt.conf"}
        subprocess.run(
            ("apt-get", *command), env=environ, capture_output=True, timeout=300, check=False
        )
    root = directory / "root"
    for package in sorted((directory / "cache" / "archives").glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True, timeout=60)
    pythons = (root / "usr" / "bin").glob("python3.[0-9]*")
    return next(((root, python.name.removeprefix("python")) for python in pythons), None)


def compiled_interpreter(directory: Path) -> bytes:
    """Compile ``interpreter.c`` for arm64, without need of a C library."""
    program = directory / "interpreter"
    source = Path(__file__).with_suffix(".c")
    subprocess.run([COMPILER, "-static", source, "-o", program], check=True, timeout=60)
    return program.read_bytes()


def root_with(directory: Path, interpreter: bytes, minor: str) -> Path:
    """Make a root for arm64 with that one Python, and a loader that nobody runs."""
    program = directory / "usr" / "bin" / f"python{minor}"
    for file, content in ((program, interpreter), (directory / LOADER, b"")):
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        file.chmod(0o755)
    return directory
