"""What a modulefile in Tcl asks: of the machine, of its variables, of itself."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.recorder import Recorder

_LOADING = {"load": True, "remove": False, "unload": False, "display": False, "help": False}


class Questions:
    """The commands with an answer and without an effect."""

    def __init__(self, recorder: Recorder, variables: Mapping[str, str]) -> None:
        self.recorder = recorder
        self.variables = variables

    def commands(self) -> dict[str, Callable[[list[str]], str]]:
        return {
            "file": self._file,
            "getenv": self._getenv,
            "info": self._info,
            "is-loaded": self._is_loaded,
            "module-info": self._module_info,
            "string": self._string,
        }

    def _module_info(self, arguments: list[str]) -> str:
        match arguments:
            case ["mode"]:
                return "load"
            case ["mode", mode] if mode in _LOADING:
                return str(int(_LOADING[mode]))
            case ["name"]:
                return self.recorder.around.name
            case _:
                pass
        raise NotUnderstoodError(f"the command `module-info {' '.join(arguments)}`")

    def _is_loaded(self, names: list[str]) -> str:
        if not names:
            raise NotUnderstoodError("`is-loaded` without a name")
        return str(int(any(list(map(self.recorder.is_loaded, names)))))

    def _getenv(self, arguments: list[str]) -> str:
        value = self.recorder.variable(arguments[0]) if len(arguments) in (1, 2) else None
        if value is None and len(arguments) != 2:
            raise NotUnderstoodError("`getenv` of what is not set")
        return arguments[1] if value is None else value

    def _info(self, arguments: list[str]) -> str:
        match arguments:
            case ["exists", name] if name.isidentifier():
                return str(int(name in self.variables))
            case ["exists", name] if name.removeprefix("::").startswith("env("):
                variable = name.removeprefix("::")[4:].removesuffix(")")
                return str(int(self.recorder.variable(variable) is not None))
            case _:
                pass
        raise NotUnderstoodError(f"the command `info {' '.join(arguments)}`")

    def _string(self, arguments: list[str]) -> str:
        match arguments:
            case ["equal", left, right]:
                return str(int(left == right))
            case _:
                pass
        raise NotUnderstoodError(f"the command `string {' '.join(arguments[:1])}`")

    def _file(self, arguments: list[str]) -> str:
        host = self.recorder.around.host
        match arguments:
            case ["join", *parts] if parts and all(parts):
                return posixpath.join(*parts).rstrip("/") or "/"
            case ["dirname" | "tail" as part, path] if path.startswith("/") and path[-1] != "/":
                return posixpath.dirname(path) if part == "dirname" else posixpath.basename(path)
            case ["exists" | "isdirectory" as question, path] if path.startswith("/"):
                status = host.inspect(path)
                wanted = status and (question == "exists" or status.is_directory)
                return str(int(bool(wanted)))
            case _:
                pass
        raise NotUnderstoodError(f"the command `file {' '.join(arguments)}`")
