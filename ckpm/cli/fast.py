"""The fast path: answers that need neither content nor YAML nor a parser.

``--version``, ``activate``, and an ``install`` that finds nothing to do. Whatever is not quite
simple is left to the whole program, so this file imports next to nothing.
"""

from __future__ import annotations

import os
import sys

VERSION = (["--version"], ["-V"])
VALUED = ("--env", "--shell", "--target")
DEFAULT, DONE = "default", "done.json"
_OPTION_SIGNS = {ord(sign): "-" for sign in "=,+"}


def answer(arguments: list[str]) -> int | None:
    """Return the exit code when the answer is quick, else ``None``.

    What goes wrong here is for the whole program to come upon, and to report at its border.
    """
    try:
        return _quick(arguments)
    except Exception:  # noqa: BLE001 - nothing is swallowed: the whole program is asked the same
        return None


def _quick(arguments: list[str]) -> int | None:
    if arguments in VERSION:
        return tell_version()
    if arguments[:1] == ["activate"]:
        return _activate(arguments[1:])
    if arguments[:1] == ["install"]:
        return _nothing_to_do(arguments[1:])
    return None


def tell_version() -> int:
    """Say which ckpm this is."""
    from ckpm import __version__

    sys.stdout.write(f"ckpm {__version__}\n")
    return 0


def _activate(arguments: list[str]) -> int | None:
    options, rest = _options(arguments)
    shell = options.get("--shell") or _parent_shell()
    if rest or "--target" in options or shell is None:
        return None
    directory = _environment_directory(options.get("--env"))
    generation = _current(directory, None) if directory else None
    if generation is None:
        return None
    from ckpm.activate import activate_command

    sys.stdout.write(activate_command(shell, generation) + "\n")
    return 0


def _options(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return what ``-e NAME`` and its like say, by the long names, and what is left over."""
    found: list[tuple[str, str]] = []
    rest: list[str] = []
    waiting = ""
    for argument in arguments:
        name, joined, value = argument.partition("=")
        if waiting:
            found.append((waiting, argument))
            waiting = ""
        elif argument == "-e" or argument in VALUED:
            waiting = "--env" if argument == "-e" else argument
        elif joined and name in VALUED:
            found.append((name, value))
        else:
            rest.append(argument)
    options = dict(found)
    # Of an option that stands twice, the whole program says what is wrong.
    repeated = [name for name, value in found if options[name] != value]
    return options, [*rest, *repeated, *([waiting] if waiting else [])]


def _parent_shell() -> str | None:
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8") as file:  # noqa: PTH123
            return file.read().strip()
    except OSError:
        return None


def _environment_directory(name: str | None) -> str | None:
    """Return where an environment lies, when that is certain without looking further."""
    if name is not None and not _is_place(name):
        return None
    environments = os.path.join(_store(), "envs")  # noqa: PTH118
    file = _project_file()
    if name is not None:
        own = os.path.join(environments, name)  # noqa: PTH118
        return own if os.path.isdir(own) and not _has_ready(file, name) else None  # noqa: PTH112
    if file is None:
        return os.path.join(environments, DEFAULT)  # noqa: PTH118
    from ckpm.config.project_key import project_key

    return os.path.join(environments, project_key(file)[1])  # noqa: PTH118


def _has_ready(file: str | None, name: str) -> bool:
    """Whether the project may have an environment of that name ready, which comes first."""
    stem = name.partition("+")[0]
    place = os.path.join(os.path.dirname(file or ""), ".ckpm", "envs", f"{stem}.yaml")  # noqa: PTH118, PTH120
    return file is not None and os.path.lexists(place)


def _project_file() -> str | None:
    directory = os.getcwd()  # noqa: PTH109
    while not os.path.exists(file := os.path.join(directory, "ckpm.yaml")):  # noqa: PTH110, PTH118
        parent = os.path.dirname(directory)  # noqa: PTH120
        if parent == directory:
            return None
        directory = parent
    return file


def _is_place(name: str) -> bool:
    """Whether a name, or that of a variant, is one of a directory in the store."""
    from ckpm.config.project_key import is_name

    base, _, options = name.partition("+")
    return is_name(base) and (not options or is_name(options.translate(_OPTION_SIGNS).lower()))


def _store() -> str:
    environ = os.environ  # noqa: TID251
    stated = os.path.expanduser(environ.get("CKPM_STORE", ""))  # noqa: PTH111
    if stated and not os.path.isabs(stated):  # noqa: PTH117
        raise ValueError(stated)  # The whole program says what is wrong with it.
    data = os.path.expanduser(environ.get("XDG_DATA_HOME", ""))  # noqa: PTH111
    home = data if os.path.isabs(data) else os.path.expanduser("~/.local/share")  # noqa: PTH111, PTH117
    return os.path.abspath(stated or os.path.join(home, "ckpm"))  # noqa: PTH100, PTH118


def native_link() -> str:
    """Return the name of the link that says which target is this machine's own."""
    if sys.platform == "win32":
        # It has no `uname`, and `platform` takes long to import.
        environ = os.environ  # noqa: TID251
        return f"native-Windows-{environ.get('PROCESSOR_ARCHITECTURE', '')}"
    machine = os.uname()
    return f"native-{machine.sysname}-{machine.machine}"


def _current(directory: str, target: str | None) -> str | None:
    """Return the generation of an environment in use for ``--target``, which may state facts."""
    try:
        if target is None:
            name = os.readlink(os.path.join(directory, native_link()))  # noqa: PTH115, PTH118
        else:
            name = target.partition(":")[0]
        number = os.readlink(os.path.join(directory, name, "current"))  # noqa: PTH115, PTH118
    except OSError:
        return None
    if not (number.isdigit() and _is_place(name)):
        return None
    return os.path.join(directory, name, number)  # noqa: PTH118


def _nothing_to_do(arguments: list[str]) -> int | None:
    """Answer an install that was done already, with nothing changed since."""
    options, packages = _options(arguments)
    if "--shell" in options or any(package.startswith("-") for package in packages):
        return None
    target = options.get("--target")
    directory = _environment_directory(options.get("--env"))
    generation = _current(directory, target) if directory else None
    if generation is None:
        return None
    import json

    try:
        with open(os.path.join(os.path.dirname(generation), DONE), encoding="utf-8") as file:  # noqa: PTH118, PTH120, PTH123
            done = json.load(file)
        same = (
            done["generation"] == generation
            and done["target"] == target
            and all(package in done["packages"] for package in packages)
            and all(stamp(path) == kept for path, kept in done["files"].items())
        )
        name = done["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not same:
        return None
    sys.stderr.write(f"{name} is up to date: nothing to do\n")
    return 0


def stamp(path: str) -> list[int] | None:
    """Return what changes with a file: when it was written, in nanoseconds, and its size."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]
