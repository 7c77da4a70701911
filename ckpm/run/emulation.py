"""Run a target's programs here, by the emulator that its platform names.

What user-mode emulation needs was measured with QEMU 7.2: the target's loader and libraries below a
root of their own, and a ``/proc/cpuinfo`` of the target's, because libraries that ask what the
processor can do read the build machine's otherwise, and crash. Libraries of two roots do not go
together, so one of them counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ckpm.errors import NotFoundError
from ckpm.model.placeholders import fill
from ckpm.model.platform import Platform
from ckpm.run.command import find_program
from ckpm.run.interpreters import PythonPart, lay_out_python
from ckpm.system.files import temporary_directory


@dataclass(frozen=True)
class Emulation:
    """How programs of one target are started: what comes before them, and variables.

    ``target`` is that of programs which need a loader from elsewhere; ``path`` has scripts that
    start some of its programs, for whoever looks for these by their names.
    """

    command: tuple[str, ...]
    environ: Mapping[str, str]
    target: Platform | None = None
    path: tuple[Path, ...] = ()

    def started(self, argv: Sequence[str]) -> list[str]:
        """Return the command that starts a program of the target.

        Raises:
            NotFoundError: when the C library that it needs is not here.
        """
        if self.target is not None:
            require_loader(Path(argv[0]), self.target)
        return [*self.command, *argv]

    def searched(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the variables with which a program finds those in ``path`` before all others."""
        entries = [*map(str, self.path), *filter(None, [environ.get("PATH")])]
        return {**environ, "PATH": os.pathsep.join(entries)}


@contextmanager
def emulated(
    target: Platform,
    libraries: Sequence[Path],
    environ: Mapping[str, str],
    cache: Path,
    *,
    native: Platform,
    python: PythonPart | None = None,
) -> Iterator[Emulation]:
    """Give a way to run a target's programs, which find ``libraries`` (directories).

    ``cache`` receives what is made for the run, and keeps what later runs can use. Programs for
    the ``native`` platform only need to find the libraries. ``python`` is what its scripts need.

    Raises:
        NotFoundError: when nothing here runs such programs.
    """
    if target.name == native.name:
        yield Emulation((), {"LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries))})
        return
    emulator = find_emulator(target, environ)
    target = with_named_root(target, environ)
    with temporary_directory(cache) as scratch:
        root, own = scratch / "root", _root(target, python)
        _lay_out(root, target, own)
        places = [*libraries, *([own / "lib"] if own else [])]
        separator = ";" if target.os == "windows" else os.pathsep
        values = {
            "root": str(root),
            "libraries": separator.join(map(str, places)),
            "cache": str(cache),
        }
        command = (emulator, *(fill(part, values) for part in target.emulator[1:]))
        variables = {name: fill(value, values) for name, value in target.emulator_environ}
        path = lay_out_python(scratch / "python", python, command) if python else ()
        yield Emulation(command, variables, target, path)


def find_emulator(target: Platform, environ: Mapping[str, str]) -> str:
    """Return the path of what starts a foreign target's programs here.

    Raises:
        NotFoundError: when there is no such program, or it is not here.
    """
    if not target.emulator:
        raise NotFoundError(f"programs for {target} cannot run here", hints=[ELSEWHERE])
    names = target.emulator[0].split("|")
    for name in names:
        with suppress(NotFoundError):
            return find_program(name, environ)
    package = target.emulator_package
    raise NotFoundError(
        f"running programs for {target} here takes `{names[0]}`, which is not here",
        hints=[*([f"Debian: apt-get install {package}"] if package else []), f"or {ELSEWHERE}"],
    )


ELSEWHERE = "run it where it belongs: `ckpm run … --on ssh://user@host`"


def with_named_root(target: Platform, environ: Mapping[str, str]) -> Platform:
    """Return the target with the root that a person names for QEMU before its own sysroots.

    ``QEMU_LD_PREFIX`` is QEMU's variable, and may be meant for another target: a root counts where
    it has this one's loader.
    """
    named = environ.get("QEMU_LD_PREFIX")
    if not named or not _has_loader(Path(named), target):
        return target
    return replace(target, sysroots=(str(Path(named).absolute()), *target.sysroots))


def _has_loader(root: Path, target: Platform) -> bool:
    # Unpacked packages lack the link from /lib to /usr/lib that an installed system has.
    places = (Path(f"{root}{top}{target.loader}") for top in ("", "/usr"))
    return target.loader is not None and any(place.exists() for place in places)


def _root(target: Platform, python: PythonPart | None) -> Path | None:
    """Choose the directory that stands in for the target's own: an interpreter brings its own."""
    roots = [place for place in map(Path, target.sysroots) if place.is_dir()]
    around = (root for root in roots if python and python.interpreter.is_relative_to(root))
    complete = (root for root in roots if _has_loader(root, target))
    return next((root for group in (around, complete, roots) for root in group), None)


def _lay_out(root: Path, target: Platform, own: Path | None) -> None:
    """Make a root that has the target's libraries where its programs look for their loader."""
    root.mkdir()
    for name in ("lib", "lib64", "etc", "usr"):
        places = [own / name, own / "usr" / name] if own else []
        found = next((place for place in places if place.is_dir()), None)
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
    roots = [Path(root) for root in target.sysroots]
    if roots and needs_loader(program, target) and not any(_has_loader(r, target) for r in roots):
        package = f"libc6-{target.debian}-cross libstdc++6-{target.debian}-cross"
        raise NotFoundError(
            f"the C library of {target}, which `{program.name}` needs, is not here",
            hints=[
                f"looked for: {', '.join(f'{root}{target.loader}' for root in roots)}",
                f"Debian: apt-get install {package}",
            ],
        )
