"""Which version of a package is the default: by a link, or a file that says so."""

from __future__ import annotations

from posixpath import basename

from ckpm.detect.sites.effects import NotUnderstoodError, Surroundings
from ckpm.detect.sites.lua import Lua
from ckpm.detect.sites.lua_calls import calls
from ckpm.detect.sites.recorder import Recorder
from ckpm.detect.sites.tcl import Tcl
from ckpm.detect.sites.tcl_reader import Reader
from ckpm.system.host import Host

DEFAULT_FILES = frozenset({"default", "default.lua", ".modulerc.lua", ".modulerc", ".version"})
_ALIASES = ("hide-modulefile", "hide-version", "module-alias", "module-forbid", "module-hide")


def marked_defaults(host: Host, directory: str, package: str) -> set[str]:
    """Return the full names of the default versions, as the first of these files has it.

    Raises:
        NotUnderstoodError: when that file does more than name versions.
    """
    names = host.names(directory)
    for link in ("default", "default.lua"):
        status = host.inspect(f"{directory}/{link}") if link in names else None
        if status is not None and basename(status.real_path) != link:
            return {f"{package}/{basename(status.real_path).removesuffix('.lua')}"}
    for file, read in (
        (".modulerc.lua", _read_lua),
        (".modulerc", _read_tcl),
        (".version", _read_tcl),
    ):
        if file in names:
            around = Surroundings(host, f"{directory}/{file}", package, "", host.environ)
            return read(around)
    return set()


def _read_tcl(around: Surroundings) -> set[str]:
    rules = _TclRules(Recorder(around))
    Reader(_text(around), rules).run()
    version = rules.variables.get("ModulesVersion")
    return rules.defaults | ({f"{around.package}/{version}"} if version else set())


class _TclRules(Tcl):
    """The commands of a ``.modulerc`` beside those of a modulefile."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self.defaults: set[str] = set()
        self.commands |= {
            **dict.fromkeys(_ALIASES, lambda _: None),
            "module-version": self._version,
            "module-info": self._symbol,
        }

    def _version(self, arguments: list[str]) -> None:
        if "default" in arguments[1:]:
            self.defaults.add(_full_name(arguments[0], self.recorder.around.package))

    def _symbol(self, arguments: list[str]) -> str:
        """A name that stands for no other yet is answered as it is."""
        if len(arguments) != 2 or arguments[0] != "version":
            raise NotUnderstoodError(f"the command `module-info {' '.join(arguments)}`")
        return arguments[1]


def _read_lua(around: Surroundings) -> set[str]:
    defaults: set[str] = set()

    def version(name: str, *symbols: str) -> None:
        if "default" in symbols:
            defaults.add(_full_name(name, around.package))

    functions = calls(Recorder(around))
    ignored = ("hide_modulefile", "hide_version", "module_alias")
    functions |= {**dict.fromkeys(ignored, lambda *_: None), "module_version": version}
    Lua(_text(around), Recorder(around), functions).run()
    return defaults


def _full_name(name: str, package: str) -> str:
    name = name.removeprefix("./").removeprefix("/")
    return name if name.startswith(f"{package}/") else f"{package}/{name}"


def _text(around: Surroundings) -> str:
    return around.host.read(around.file).decode("utf-8", "replace")
