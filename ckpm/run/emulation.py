"""Run a target's programs here, by the emulator that its platform names.

What user-mode emulation needs was measured with QEMU 7.2: the target's loader and libraries below a
root of their own, and a ``/proc/cpuinfo`` of the target's, because libraries that ask what the
processor can do read the build machine's otherwise, and crash.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ckpm.errors import NotFoundError
from ckpm.model.placeholders import fill
from ckpm.model.platform import Platform
from ckpm.run.command import find_program
from ckpm.system.files import temporary_directory


@dataclass(frozen=True)
class Emulation:
    """How programs of one target are started: what comes before them, and variables.

    ``target`` is that of programs which need a loader from elsewhere.
    """

    command: tuple[str, ...]
    environ: Mapping[str, str]
    target: Platform | None = None

    def started(self, argv: Sequence[str]) -> list[str]:
        """Return the command that starts a program of the target.

        Raises:
            NotFoundError: when the C library that it needs is not here.
        """
        if self.target is not None:
            require_loader(Path(argv[0]), self.target)
        return [*self.command, *argv]


@contextmanager
def emulated(
    target: Platform,
    libraries: Sequence[Path],
    environ: Mapping[str, str],
    cache: Path,
    *,
    native: Platform,
) -> Iterator[Emulation]:
    """Give a way to run a target's programs, which find ``libraries`` (directories).

    ``cache`` receives what is made for the run, and keeps what later runs can use. Programs for
    the ``native`` platform only need to find the libraries.

    Raises:
        NotFoundError: when nothing here runs such programs.
    """
    if target.name == native.name:
        yield Emulation((), {"LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries))})
        return
    if not target.emulator:
        raise NotFoundError(
            f"programs for {target} cannot run here",
            hints=["run them where they belong: `ckpm run … --on ssh://user@host`"],
        )
    emulator = _emulator(target, environ)
    with temporary_directory(cache) as scratch:
        root = scratch / "root"
        roots = [place for place in map(Path, target.sysroots) if place.is_dir()]
        _lay_out(root, target, roots)
        places = [*libraries, *(place / "lib" for place in roots)]
        separator = ";" if target.os == "windows" else os.pathsep
        values = {
            "root": str(root),
            "libraries": separator.join(map(str, places)),
            "cache": str(cache),
        }
        command = (emulator, *(fill(part, values) for part in target.emulator[1:]))
        variables = {name: fill(value, values) for name, value in target.emulator_environ}
        yield Emulation(command, variables, target)


def _emulator(target: Platform, environ: Mapping[str, str]) -> str:
    names = target.emulator[0].split("|")
    for name in names:
        with suppress(NotFoundError):
            return find_program(name, environ)
    raise NotFoundError(
        f"running programs for {target} here takes `{names[0]}`, which is not here",
        hints=[
            f"Debian: apt-get install {_DEBIAN.get(target.os, 'qemu-user-static')}",
            "or run them where they belong: `ckpm run … --on ssh://user@host`",
        ],
    )


_DEBIAN = {"windows": "wine64", "wasi": "nodejs"}


def _lay_out(root: Path, target: Platform, sysroots: Sequence[Path]) -> None:
    """Make a root that has the target's libraries where its programs look for their loader."""
    root.mkdir()
    for name in ("lib", "lib64", "etc"):
        found = next((place / name for place in sysroots if (place / name).is_dir()), None)
        if found is not None:
            (root / name).symlink_to(found)
    if target.cpuinfo:
        (root / "proc").mkdir()
        text = "".join(f"{line}\n" for line in target.cpuinfo)
        (root / "proc" / "cpuinfo").write_text(text, encoding="utf-8")


def library_directories(generation: Path, target: Platform) -> list[Path]:
    """Return where the packages of a generation have libraries: on Windows beside programs too."""
    names = ("lib", "bin") if target.os == "windows" else ("lib",)
    return [path for name in names for path in sorted(generation.glob(f"packages/*/{name}"))]


def needs_loader(program: Path, target: Platform) -> bool:
    """Whether a program names the loader of its platform: static ones do not."""
    if target.loader is None:
        return False
    with program.open("rb") as file:
        return target.loader.encode() in file.read(4096)


def require_loader(program: Path, target: Platform) -> None:
    """Make sure that what a dynamic program is started by is here.

    Raises:
        NotFoundError: when it is not.
    """
    places = [Path(f"{root}{target.loader}") for root in target.sysroots]
    if places and needs_loader(program, target) and not any(place.exists() for place in places):
        package = f"libc6-{target.debian}-cross libstdc++6-{target.debian}-cross"
        raise NotFoundError(
            f"the C library of {target}, which `{program.name}` needs, is not here",
            hints=[
                f"looked for: {', '.join(map(str, places))}",
                f"Debian: apt-get install {package}",
            ],
        )
