"""What the functions do that Lmod gives to modulefiles in Lua."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.recorder import Recorder

# What only running can tell.
UNKNOWN = object()
_WITHOUT_EFFECT = (
    "LmodMessage",
    "LmodMsgRaw",
    "LmodWarning",
    "add_property",
    "complete",
    "extensions",
    "help",
    "remove_property",
    "set_alias",
    "set_shell_function",
    "uncomplete",
    "unset_alias",
    "unset_shell_function",
    "whatis",
)
_UNDECIDED = ("LmodVersion", "convertToCanonical", "isAvail", "myShellName", "myShellType")


def calls(recorder: Recorder) -> dict[str, Callable[..., Any]]:
    """Return the functions by name; what is missing here is not understood."""
    return {
        **dict.fromkeys(_WITHOUT_EFFECT, _nothing),
        **dict.fromkeys(_UNDECIDED, _undecided),
        **_changing(recorder),
        **_asking(recorder),
    }


def _changing(recorder: Recorder) -> dict[str, Callable[..., Any]]:
    return {
        "always_load": lambda *names: recorder.load(_texts(names)),
        "append_path": lambda *words: recorder.append(*_texts(words, 2, 3)),
        "conflict": lambda *names: recorder.conflict(_texts(names)),
        "depends_on": lambda *names: recorder.depend(_texts(names)),
        "family": lambda *names: recorder.effects.families.extend(_texts(names, 1, 1)),
        "load": lambda *names: recorder.load(_texts(names)),
        "prepend_path": lambda *words: recorder.prepend(*_texts(words, 2, 3)),
        "prereq": lambda *names: _require_all(recorder, _texts(names)),
        "prereq_any": lambda *names: recorder.require(_texts(names)),
        "pushenv": lambda *words: recorder.set(*_texts(words, 2, 2)),
        "setenv": lambda *words: recorder.set(*_texts(tuple(map(_written, words)), 2, 2)),
        "unsetenv": lambda *words: recorder.unset(*_texts(words, 1, 1)),
    }


def _asking(recorder: Recorder) -> dict[str, Callable[..., Any]]:
    around = recorder.around
    return {
        "isDir": lambda *paths: _exists(recorder, paths, is_directory=True),
        "isFile": lambda *paths: _exists(recorder, paths, is_directory=False),
        "isloaded": lambda *names: recorder.is_loaded(*_texts(names, 1, 1)),
        "mode": lambda: "load",
        "myFileName": lambda: around.file,
        "myModuleFullName": lambda: around.name,
        "myModuleName": lambda: around.package,
        "myModuleVersion": lambda: _known(around.version),
        "os.getenv": lambda *names: recorder.variable(*_texts(names, 1, 1)),
        "pathJoin": lambda *parts: _path_join(_texts(parts)),
    }


def _require_all(recorder: Recorder, names: list[str]) -> None:
    for name in names:
        recorder.require([name])


def _nothing(*arguments: object) -> None:
    if not arguments or any(each is None or each is UNKNOWN for each in arguments):
        raise NotUnderstoodError("a call with an argument that is not there")


def _undecided(*_: object) -> object:
    return UNKNOWN


def _texts(arguments: tuple[object, ...], least: int = 1, most: int = 99) -> list[str]:
    """Return the arguments, which must be so many texts."""
    if not least <= len(arguments) <= most:
        raise NotUnderstoodError(f"a call with {len(arguments)} arguments")
    texts = [each for each in arguments if isinstance(each, str)]
    if len(texts) < len(arguments):
        raise NotUnderstoodError("a call with an argument that is no text")
    return texts


def _written(value: object) -> object:
    return str(value) if type(value) is int else value


def _known(version: str) -> str:
    if not version:
        raise NotUnderstoodError("the version of a module that has none")
    return version


def _exists(recorder: Recorder, paths: tuple[object, ...], *, is_directory: bool) -> bool:
    (path,) = _texts(paths, 1, 1)
    status = recorder.around.host.inspect(path) if path.startswith("/") else None
    return status is not None and status.is_directory is is_directory


def _path_join(parts: list[str]) -> str:
    """One slash between parts, none at the end; a part that begins with one does not start anew."""
    if any(part != part.strip() for part in parts) or "~" in parts[0]:
        raise NotUnderstoodError("`pathJoin` of parts with space at their ends")
    joined = "/".join(filter(None, parts))
    while "//" in joined:
        joined = joined.replace("//", "/")
    if not joined or joined == "/" or {".", ".."} & {*joined.split("/")}:
        raise NotUnderstoodError(f"`pathJoin` that gives `{joined}`")
    return joined.rstrip("/")
