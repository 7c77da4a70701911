"""The text of the scripts: snapshots, and refusals. Needs no shell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ckpm.activate import activate_command, deactivate_command
from ckpm.activate.activation import Activation
from ckpm.activate.scripts import activation_script, activation_scripts
from ckpm.activate.shells import SHELLS, shell_named
from ckpm.errors import UsageError
from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar

SNAPSHOTS = Path(__file__).parents[1] / "cases" / "activate" / "snapshots"
DEMO = Activation(
    "demo",
    "linux-x86_64",
    "/store/envs/demo/linux-x86_64/7",
    (
        SetVar("CKPM_MODEL_FILE", "/store/it's a model.tflite"),
        UnsetVar("PYTHONHOME"),
        PrependPath("PATH", "/store/tool/bin"),
        PrependPath("PATH", "/store/envs/demo/linux-x86_64/7/bin"),
        AppendPath("PKG_CONFIG_PATH", "/store/lib/pkgconfig"),
    ),
)
WINDOWS = Activation(
    "demo",
    "windows-x86_64",
    r"C:\ckpm\envs\demo\windows-x86_64\7",
    (SetVar("TOOL", "ours & more"), PrependPath("PATH", r"C:\ckpm\b in")),
)


@pytest.mark.parametrize("file", [shell.script_file for shell in SHELLS])
def test_script_is_the_snapshot(file: str) -> None:
    activation = WINDOWS if file == "activate.bat" else DEMO
    text = activation_scripts(activation)[file].replace("\r\n", "\n")
    snapshot = SNAPSHOTS / file
    if "CKPM_UPDATE_SNAPSHOTS" in os.environ:
        snapshot.write_text(text, encoding="utf-8")
    assert text == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["activate.sh", "activate.fish"])
def test_script_substitutes_no_command(file: str) -> None:
    lines = activation_scripts(DEMO)[file].splitlines()
    code = "\n".join(line for line in lines if not line.startswith("#"))
    # The only parentheses are those of POSIX function definitions and `case`.
    substitutions = ["$(", "`", "<("] if file == "activate.sh" else ["(", "`"]
    assert not [text for text in substitutions if text in code]
    assert "eval" not in code


def test_cmd_scripts_end_every_line_as_windows_does() -> None:
    text = activation_scripts(WINDOWS)["activate.bat"]
    assert text.count("\n") == text.count("\r\n") > 10


@pytest.mark.parametrize(
    ("value", "reason"),
    [("a%b", "per cent"), ("a\nb", "line break"), ("é", "ASCII"), ("", "empty"), ('"', "quote")],
)
def test_cmd_refuses_what_it_cannot_hold(value: str, reason: str) -> None:
    activation = Activation("demo", "t", "C:\\d", (SetVar("TOOL", value),))
    with pytest.raises(UsageError, match=f"`TOOL`.*{reason}"):
        activation_script(activation, shell_named("cmd"))
    text = activation_scripts(activation)["activate.bat"]
    assert text.startswith("@echo ckpm: cmd cannot hold the value of TOOL")
    assert text.endswith("@exit /b 1\r\n")


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.names[0])
@pytest.mark.parametrize(
    "change",
    [
        SetVar("TOOL", "a\0b"),
        SetVar("CK-V", "x"),
        SetVar("A=B", "x"),
        SetVar("1A", "x"),
        SetVar("", "x"),
        SetVar("TOOL\nX", "x"),
        SetVar("_CKPM_ACTIVE", "x"),
        UnsetVar("_ckpm_list"),
        PrependPath("PATH", ""),
        AppendPath("PATH", "/a;/b:/c"),
    ],
    ids=repr,
)
def test_every_shell_refuses(shell: Any, change: EnvChange) -> None:
    assert activation_script(Activation("demo", "t", "/d"), shell)
    with pytest.raises(UsageError):
        activation_script(Activation("demo", "t", "/d", (change,)), shell)


def test_powershell_doubles_every_quote_that_ends_a_string() -> None:
    activation = Activation("demo", "t", "/d", (SetVar("TOOL", "a'b\u2018c\u2019d\u201ae\u201bf"),))
    text = activation_script(activation, shell_named("pwsh"))
    assert "'a''b\u2018\u2018c\u2019\u2019d\u201a\u201ae\u201b\u201bf'" in text
    assert text.startswith("\ufeff")


def test_commands_quote_as_their_shell_does() -> None:
    assert activate_command("bash", "/it's") == r". '/it'\''s/activate.sh'"
    assert activate_command("fish", "/it's\n\\") == r"source '/it\'s'\n'\\/activate.fish'"
    assert activate_command("pwsh", "/it's") == ". '/it''s/activate.ps1'"
    assert activate_command("cmd", r"C:\a b") == r'call "C:\a b\activate.bat"'


def test_an_unknown_shell_is_told_of_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        deactivate_command("tcsh")
    assert "fish" in caught.value.hints[0]
    with pytest.raises(UsageError, match="per cent"):
        activate_command("cmd", "C:\\100%")
