"""Modulefiles in Tcl: the declarative commands of Environment Modules (modulefile(4)) and Lmod."""

from __future__ import annotations

from collections.abc import Callable

from ckpm.detect.sites.effects import Effects, NotUnderstoodError, Surroundings
from ckpm.detect.sites.recorder import Recorder
from ckpm.detect.sites.tcl_conditions import holds
from ckpm.detect.sites.tcl_questions import Questions
from ckpm.detect.sites.tcl_reader import UNKNOWN, Reader

# They change nothing that a program started later can see.
_WITHOUT_EFFECT = {
    "add-property",
    "complete",
    "extensions",
    "global",
    "module-help",
    "module-tag",
    "module-whatis",
    "remove-property",
    "set-alias",
    "set-function",
    "uncomplete",
    "unset-alias",
    "unset-function",
}
_UNDECIDED = {"list", "lindex", "lsort", "versioncmp"}
_MAX_DEPTH = 20
_DELIMITERS = ("-d", "-delim", "--delim")


def read_tcl(text: str, surroundings: Surroundings) -> Effects:
    """Return what loading this modulefile does.

    Raises:
        NotUnderstoodError: for anything outside the subset.
    """
    recorder = Recorder(surroundings, loads_at_once=False)
    try:
        Reader(text, Tcl(recorder)).run()
    except RecursionError:
        raise NotUnderstoodError("commands nested too deeply") from None
    return recorder.effects


class Tcl:
    """The commands; each takes its arguments and returns its result."""

    def __init__(self, recorder: Recorder) -> None:
        self.live = True
        self.depth = 0
        self.recorder = recorder
        around = recorder.around
        self.variables = {"ModulesCurrentModulefile": around.file}
        self.commands: dict[str, Callable[[list[str]], str | None]] = {
            **Questions(recorder, self.variables).commands(),
            "append-path": lambda args: self._extend(recorder.append, args),
            "conflict": recorder.conflict,
            "depends-on": recorder.depend,
            "family": lambda args: recorder.effects.families.append(_only(args)),
            "module": self._module,
            "prepend-path": lambda args: self._extend(recorder.prepend, args),
            "prereq": recorder.require,
            "prereq-any": recorder.require,
            "proc": self._proc,
            "pushenv": lambda args: recorder.set(*_pair(args)),
            "puts": self._puts,
            "set": self._set,
            "setenv": lambda args: recorder.set(*_pair(args)),
            "unsetenv": lambda args: recorder.unset(_only(args)),
        }

    def value(self, name: str, index: str | None) -> str:
        if index is not None:
            found = self.recorder.variable(index) if name == "env" else None
        else:
            found = self.variables.get(name)
        if found is None:
            raise NotUnderstoodError(f"`${name}{f'({index})' if index else ''}` is not set")
        return found

    def call(self, words: list[str], reader: Reader) -> str:
        name, *arguments = words
        if name == "if":
            return self._if(arguments, reader)
        if name in _WITHOUT_EFFECT:
            return ""
        if name in _UNDECIDED or (name == "string" and UNKNOWN in arguments):
            return UNKNOWN
        command = self.commands.get(name)
        if command is None or UNKNOWN in arguments:
            raise NotUnderstoodError(f"the command `{name}`")
        return command(arguments) or ""

    def _if(self, words: list[str], reader: Reader) -> str:
        """Run the first branch that holds; without knowing, all, and none may have an effect."""
        starts = reader.starts[1:]
        size, asked = self.recorder.size, len(self.recorder.effects.asked)
        done, undecided, branches = len(self.recorder.effects.statements), False, _branches(words)
        for condition, body in branches:
            truth = True if condition is None else holds(words[condition], self)
            if truth is False:
                continue
            self._run(Reader(words[body], self, reader.line_at(starts[body])))
            undecided |= truth is None
            if truth:
                break
        if undecided and self.recorder.size != size:
            raise NotUnderstoodError(
                "the effect of this `if` depends on what only running can tell"
            )
        if len(branches) == 1:
            self.recorder.forget_question(asked, done)
        return ""

    def _run(self, body: Reader) -> None:
        """Every body is read once more inside of it."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotUnderstoodError("commands nested too deeply")
        body.run()
        self.depth -= 1

    def _set(self, arguments: list[str]) -> str:
        name = arguments[0] if arguments else ""
        if not name.isidentifier() or len(arguments) > 2:
            raise NotUnderstoodError(f"the command `set {' '.join(arguments)}`")
        if len(arguments) == 2:
            self.variables[name] = arguments[1]
        return self.value(name, None)

    def _proc(self, arguments: list[str]) -> None:
        name = arguments[0] if len(arguments) == 3 else ""
        if (
            not name.isidentifier()
            or name in self.commands
            or name in (*_UNDECIDED, "if", "unknown")
        ):
            raise NotUnderstoodError(f"the procedure `{name}`")

    def _puts(self, arguments: list[str]) -> None:
        if len(arguments) < 2 or "stderr" not in arguments[:-1]:
            raise NotUnderstoodError("`puts` to what a shell carries out")

    def _extend(self, extend: Callable[..., None], arguments: list[str]) -> None:
        delimiter: list[str] = []
        if arguments and arguments[0].startswith("--delim="):
            delimiter = [arguments.pop(0).removeprefix("--delim=")]
        elif arguments and arguments[0] in _DELIMITERS:
            delimiter = arguments[1:2]
            del arguments[:2]
        extend(*_pair(arguments), *delimiter)

    def _module(self, arguments: list[str]) -> None:
        action, *names = arguments or [""]
        if action in ("load", "add"):
            self.recorder.load(names)
        elif action == "use":
            self._use(names)
        else:
            raise NotUnderstoodError(f"the command `module {action}`")

    def _use(self, words: list[str]) -> None:
        extend = self.recorder.prepend
        for word in words:
            if word in ("-a", "-append", "--append"):
                extend = self.recorder.append
            elif word not in ("-p", "-prepend", "--prepend"):
                extend("MODULEPATH", word)


def _branches(words: list[str]) -> list[tuple[int | None, int]]:
    """Return where condition and body of each branch stand; the last may have no condition."""
    branches: list[tuple[int | None, int]] = []
    place, kind = 0, "elseif"
    while kind == "elseif":
        body = place + 2 if words[place + 1 : place + 2] == ["then"] else place + 1
        branches.append((place, body))
        place = body + 2
        kind = words[body + 1] if body + 1 < len(words) else ""
    if kind == "else":
        branches.append((None, place))
    if branches[-1][1] != len(words) - 1:
        raise NotUnderstoodError("the form of this `if`")
    return branches


def _only(arguments: list[str]) -> str:
    if len(arguments) != 1:
        raise NotUnderstoodError(f"{len(arguments)} arguments in place of one")
    return arguments[0]


def _pair(arguments: list[str]) -> tuple[str, str]:
    if len(arguments) != 2:
        raise NotUnderstoodError(f"{len(arguments)} arguments in place of two")
    if not arguments[1].isascii():
        raise NotUnderstoodError("a value beyond ASCII, which depends on the locale")
    return arguments[0], arguments[1]
