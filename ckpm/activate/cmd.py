"""cmd: ``activate.bat``.

cmd can read a variable only by pasting its text into the line, has no functions, and no way to
quote several characters: values that hold one are refused. The script undoes itself when it is
called with ``--undo``. Real cmd was not at hand where this was written (only Wine's).
"""

from __future__ import annotations

from collections.abc import Sequence

from ckpm.activate.template import fill

_SCRIPT = """\
?rem Written by ckpm: call this file, do not edit it. It starts no program.
?if "%~1"=="--undo" goto undo
:unwind
?if not defined _CKPM_@key@_ACTIVE goto do
?if not defined CKPM_ENV_DIR goto do
?call "%CKPM_ENV_DIR%\\activate.bat" --undo
?if not errorlevel 1 goto unwind
:do
?set "_CKPM_@key@_ACTIVE=1"
@do@?exit /b 0
:undo
?if not defined _CKPM_@key@_ACTIVE exit /b 1
?set "_CKPM_@key@_ACTIVE="
@undo@?exit /b 0
"""

_EDIT = """\
?set "@old@=%@name@%"
?set "_CKPM_LIST=;%@name@%;"
@drops@?set "_CKPM_LIST=%_CKPM_LIST:;;=;%"
?set "_CKPM_LIST=%_CKPM_LIST:;;=;%"
?set "_CKPM_LIST=%_CKPM_LIST:~1,-1%"
@joins@?set "@name@=%_CKPM_LIST%"
?set "@new@=%_CKPM_LIST%"
?set "_CKPM_LIST="
"""

_UNDO_EDIT = """\
?if "%@name@%"=="%@new@%" goto restore_@name@
?set "_CKPM_SEEN=;%@old@%;"
?set "_CKPM_LIST=;%@name@%;"
@drops@?set "@name@=%_CKPM_LIST:~1,-1%"
?goto done_@name@
:restore_@name@
?set "@name@=%@old@%"
:done_@name@
?set "@old@="
?set "@new@="
?set "_CKPM_LIST="
?set "_CKPM_SEEN="
"""

_REFUSED = {
    "\0": "NUL",
    "\n": "a line break",
    "\r": "a line break",
    '"': "a double quote",
    "%": "a per cent sign",
    "!": "an exclamation mark",
    "^": "a caret",
    "=": "an equals sign",
}


class Cmd:
    """Windows cmd.exe, without delayed expansion."""

    names: tuple[str, ...] = ("cmd",)
    script_file = "activate.bat"
    separator = ";"
    reserved = frozenset(
        {"CD", "CMDCMDLINE", "CMDEXTVERSION", "DATE", "ERRORLEVEL", "RANDOM", "TIME"}
    )
    refusal = "@echo ckpm: MESSAGE 1>&2\r\n@exit /b 1\r\n"
    deactivate = 'if defined CKPM_ENV_DIR call "%CKPM_ENV_DIR%\\activate.bat" --undo'

    def objection(self, value: str) -> str | None:
        if not value:
            return "nothing: an empty variable does not exist there"
        if not value.isascii():
            return "a character outside ASCII"
        return next((_REFUSED[char] for char in value if char in _REFUSED), None)

    def assign(self, key: str, name: str, value: str | None) -> tuple[str, str]:
        old = f"_CKPM_{key}_OLD_{name}"
        ours = f"not defined {name}" if value is None else f'"%{name}%"=="{value}"'
        do = f'?set "{old}=%{name}%"\n?set "{name}={value or ""}"\n'
        return do, f'?if {ours} set "{name}=%{old}%"\n?set "{old}="\n'

    def edit(
        self, key: str, name: str, front: Sequence[str], back: Sequence[str]
    ) -> tuple[str, str]:
        names = {"name": name, "old": f"_CKPM_{key}_OLD_{name}", "new": f"_CKPM_{key}_NEW_{name}"}
        drops = [f'set "_CKPM_LIST=%_CKPM_LIST:;{entry};=;%"' for entry in (*front, *back)]
        unseen = [f'if "%_CKPM_SEEN:;{entry};=;%"=="%_CKPM_SEEN%"' for entry in (*front, *back)]
        undo_drops = [f"{test} {drop}" for test, drop in zip(unseen, drops, strict=True)]
        return (
            fill(_EDIT, drops=_lines(drops), joins=_joins(front, back), **names),
            fill(_UNDO_EDIT, drops=_lines(undo_drops), **names),
        )

    def script(self, key: str, steps: Sequence[tuple[str, str]]) -> str:
        do = "".join(step[0] for step in steps)
        undo = "".join(step[1] for step in reversed(steps))
        lines = fill(_SCRIPT, key=key, do=do, undo=undo).splitlines()
        # `@` keeps a line from being shown. cmd can miss labels in files without carriage returns.
        return "".join(f"@{line[1:]}\r\n" if line[0] == "?" else f"{line}\r\n" for line in lines)

    def activate_command(self, directory: str) -> str:
        return f'call "{directory}\\{self.script_file}"'


def _lines(commands: Sequence[str]) -> str:
    return "".join(f"?{command}\n" for command in commands)


def _joins(front: Sequence[str], back: Sequence[str]) -> str:
    commands = []
    if front:
        commands.append('if defined _CKPM_LIST set "_CKPM_LIST=;%_CKPM_LIST%"')
        commands.append(f'set "_CKPM_LIST={";".join(front)}%_CKPM_LIST%"')
    if back:
        commands.append('if defined _CKPM_LIST set "_CKPM_LIST=%_CKPM_LIST%;"')
        commands.append(f'set "_CKPM_LIST=%_CKPM_LIST%{";".join(back)}"')
    return _lines(commands)
