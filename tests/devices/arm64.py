"""Truly foreign programs, made by the cross compiler and run by qemu."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
SYSROOT = Path("/usr/aarch64-linux-gnu")
COMPILER = "aarch64-linux-gnu-gcc"
EMULATOR = "qemu-aarch64-static"


def lacking() -> str:
    """Return which program is missing for arm64 boards; nothing where all are there."""
    programs = ("gcc", COMPILER, EMULATOR)
    return ", ".join(name for name in programs if not shutil.which(name))


def preloaded(directory: Path) -> Path:
    """Build what has arm64 programs run on this machine; see ``foreign.c``."""
    library = directory / "foreign.so"
    names = [f'-DEMULATOR="{shutil.which(EMULATOR)}"', f'-DSYSROOT="{SYSROOT}"']
    _compile("gcc", *names, "-shared", "-fPIC", HERE / "foreign.c", "-o", library)
    return library


def counter(directory: Path) -> bytes:
    """Build a program with a library of its own; return both in an archive."""
    for name in ("bin", "lib"):
        (directory / name).mkdir(parents=True)
    library, program = directory / "lib" / "libnamed.so", directory / "bin" / "count"
    _compile(COMPILER, "-shared", "-fPIC", HERE / "named.c", "-o", library)
    _compile(COMPILER, HERE / "count.c", f"-L{library.parent}", "-lnamed", "-o", program)
    return packed(
        {"count/lib/libnamed.so": library.read_bytes(), "count/bin/count": program.read_bytes()}
    )


def packed(members: dict[str, bytes]) -> bytes:
    """Return an archive; what lies in a ``bin`` is a program."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755 if "/bin/" in name else 0o644
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _compile(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, timeout=120)
