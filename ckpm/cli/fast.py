"""The fast path: answers that need neither content nor YAML nor a parser.

``--version``, ``activate``, and an ``install`` that finds nothing to do. Whatever is not quite
simple is left to the whole program, so this file imports next to nothing.
"""

from __future__ import annotations

import os
import sys

# Not from typing, which costs more to import than all of this file.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ckpm.model.request import Prepared
    from ckpm.session import Session

SHELLS = ("bash", "zsh", "dash", "sh", "fish")


def answer(arguments: list[str]) -> int | None:
    """Return the exit code when the answer is quick, else ``None``."""
    if arguments in (["--version"], ["-V"]):
        from ckpm import __version__

        sys.stdout.write(f"ckpm {__version__}\n")
        return 0
    if arguments[:1] == ["activate"]:
        return _activate(arguments[1:])
    if arguments[:1] == ["install"]:
        return _nothing_to_do(arguments[1:])
    return None


def _activate(arguments: list[str]) -> int | None:
    name, shell, rest = _options(arguments)
    if rest or (shell := shell or _parent_shell()) is None:
        return None
    directory = _environment_directory(name)
    generation = _current(directory) if directory else None
    if generation is None:
        return None
    from ckpm.activate import activate_command

    sys.stdout.write(activate_command(shell, generation) + "\n")
    return 0


def _options(arguments: list[str]) -> tuple[str | None, str | None, list[str]]:
    """Read ``-e NAME`` and ``--shell NAME``; anything else is left over."""
    found: dict[str, str] = {}
    rest: list[str] = []
    waiting = ""
    for argument in arguments:
        if waiting:
            found[waiting] = argument
            waiting = ""
        elif argument in ("-e", "--env", "--shell"):
            waiting = "--shell" if argument == "--shell" else "--env"
        else:
            rest.append(argument)
    return found.get("--env"), found.get("--shell"), [*rest, *([waiting] if waiting else [])]


def _parent_shell() -> str | None:
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8") as file:  # noqa: PTH123
            name = file.read().strip()
    except OSError:
        return None
    return name if name in SHELLS else None


def _environment_directory(name: str | None) -> str | None:
    """Return where an environment lies, when that is certain without looking further."""
    environments = os.path.join(_store(), "envs")  # noqa: PTH118
    if name is not None:
        return os.path.join(environments, name)  # noqa: PTH118
    directory = os.getcwd()  # noqa: PTH109
    while True:
        if os.path.exists(os.path.join(directory, "ckpm.yaml")):  # noqa: PTH110, PTH118
            from pathlib import Path

            from ckpm.config.places import project_place

            return os.path.join(environments, project_place(Path(directory, "ckpm.yaml")).key)  # noqa: PTH118
        parent = os.path.dirname(directory)  # noqa: PTH120
        if parent == directory:
            return os.path.join(environments, "default")  # noqa: PTH118
        directory = parent


def _store() -> str:
    environ = os.environ  # noqa: TID251
    if environ.get("CKPM_STORE"):
        return os.path.abspath(os.path.expanduser(environ["CKPM_STORE"]))  # noqa: PTH100, PTH111
    data = environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111
    return os.path.join(data, "ckpm")  # noqa: PTH118


def native_link() -> str:
    """Return the name of the link that says which target is this machine's own."""
    machine = os.uname()
    return f"native-{machine.sysname}-{machine.machine}"


def _current(directory: str) -> str | None:
    try:
        target = os.readlink(os.path.join(directory, native_link()))  # noqa: PTH115, PTH118
        current = os.path.join(directory, target, "current")  # noqa: PTH118
        return os.path.join(directory, target, os.readlink(current))  # noqa: PTH115, PTH118
    except OSError:
        return None


def _nothing_to_do(arguments: list[str]) -> int | None:
    """Answer an install that was done already, with nothing changed since."""
    if any(argument.startswith("-") for argument in arguments):
        return None
    directory = _environment_directory(None)
    generation = _current(directory) if directory else None
    if generation is None or directory is None:
        return None
    import json

    try:
        with open(os.path.join(directory, "done.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            done = json.load(file)
        same = done["generation"] == generation and all(
            _stamp(path) == stamp for path, stamp in done["files"].items()
        )
        if not same or not all(argument in done["arguments"] for argument in arguments):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    sys.stderr.write(f"{done['name']} is up to date: nothing to do\n")
    return 0


def _stamp(path: str) -> list[int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]


def remember(session: Session, prepared: Prepared, generation: Path, arguments: list[str]) -> None:
    """Keep what the fast path needs to know that a native install of ``arguments`` is done."""
    import json

    from ckpm.system.files import point_link, write_text

    place = prepared.place
    directory = session.store.environment(place.key)
    point_link(directory / native_link(), session.native.name)
    contents = [
        path
        for kind in ("recipes", "detectors")
        for known in session.content.directories(kind)
        for path in (known, *sorted(known.glob("*.yaml")))
    ]
    links = sorted((generation / "packages").glob("*"))
    files = [place.file, place.lock, *contents, *links, *_beside(prepared)]
    done = {
        "name": place.name,
        "generation": str(generation),
        "arguments": arguments,
        "files": {str(path): _stamp(str(path)) for path in files},
    }
    write_text(directory / "done.json", json.dumps(done))


def _beside(prepared: Prepared) -> Iterator[Path]:
    """Yield what lies beside recipes and goes into their packages."""
    from ckpm.model.plan import PackageStep

    for step in prepared.plan.steps:
        if isinstance(step, PackageStep) and step.beside is not None:
            yield from (step.beside, *step.beside.rglob("*"))
