"""Start a foreign target's Python here, as often and as deep as its programs start it.

A program starts others by ``python``, by ``sys.executable`` or by the first line of a script, and
the kernel runs none of the target's own. So the Python part of an environment becomes a virtual
environment (PEP 405) whose interpreter is a script: it has the emulator start the target's
interpreter under the script's own name, which is then ``sys.executable``.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_PLACES = ("usr/bin", "usr/local/bin", "bin")


@dataclass(frozen=True)
class PythonPart:
    """The Python part of a generation, and an interpreter of the target that is here for it."""

    directory: Path
    interpreter: Path


def find_interpreter(roots: Iterable[Path], minor: str) -> Path | None:
    """Return the program of Python ``minor`` (``3.13``) in the first root that has it."""
    programs = (root / place / f"python{minor}" for root in roots for place in _PLACES)
    return next((program for program in programs if program.is_file()), None)


def minors_of(root: Path) -> Iterator[str]:
    """Yield which Pythons a root has: ``3.11``."""
    for place in _PLACES:
        for program in sorted((root / place).glob("python3.*[0-9]")):
            yield program.name.removeprefix("python")


def lay_out_python(directory: Path, part: PythonPart, command: Sequence[str]) -> tuple[Path, ...]:
    """Make the virtual environment, and return where its programs are looked for, in order.

    ``command`` is QEMU's: ``-0`` says by which name a program is started.
    """
    (directory / "bin").mkdir(parents=True)
    home = part.interpreter.parent
    configuration = f"home = {home}\ninclude-system-site-packages = false\n"
    (directory / "pyvenv.cfg").write_text(configuration, encoding="utf-8")
    for entry in part.directory.iterdir():
        if entry.name != "bin":
            (directory / entry.name).symlink_to(entry)
    own = part.directory / "bin"
    for program in own.iterdir() if own.is_dir() else ():
        if not is_script(program):
            _write_starter(directory / "bin" / program.name, [*command, str(program)])
    python = directory / "bin" / part.interpreter.name
    _write_starter(python, [*command, "-0", str(python), str(part.interpreter)])
    for name in ("python", "python3"):
        (directory / "bin" / name).symlink_to(python.name)
    return directory / "bin", own


def _write_starter(place: Path, command: Sequence[str]) -> None:
    place.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    place.chmod(0o755)


def is_script(program: Path) -> bool:
    """Whether a program names its interpreter: the kernel runs it, whatever the target."""
    with program.open("rb") as file:
        return file.read(2) == b"#!"
