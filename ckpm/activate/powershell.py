"""PowerShell 5.1 and 7: ``activate.ps1``.

Checked by its text and against PowerShell's grammar only: no PowerShell could be had where this was
written, so nobody has run it there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

# What a function means never changes: scripts of several releases share it.
_SCRIPT = """# Written by ckpm: dot-source this file, do not edit it. It starts no program.

if (-not (Test-Path -LiteralPath Variable:global:_CKPM_ACTIVE)) {
    $global:_CKPM_ACTIVE = New-Object System.Collections.ArrayList
}

function global:_ckpm_put([string] $Name, $Value) {
    if ($null -eq $Value) {
        Remove-Item -LiteralPath "Env:$Name" -ErrorAction Ignore
    } else {
        [Environment]::SetEnvironmentVariable($Name, $Value)
    }
}

function global:_ckpm_without([string] $Value, [string[]] $Entries) {
    $Value.Split([IO.Path]::PathSeparator) | Where-Object { $_ -and $Entries -cnotcontains $_ }
}

function global:_ckpm_set($Saved, [string] $Name, $Value, [string[]] $Entries) {
    $old = [Environment]::GetEnvironmentVariable($Name)
    $null = $Saved.Add(@{ Name = $Name; Old = $old; New = $Value; Entries = $Entries })
    _ckpm_put $Name $Value
}

function global:_ckpm_edit($Saved, [string] $Name, [string[]] $Front, [string[]] $Back) {
    $entries = $Front + $Back
    $kept = @(_ckpm_without ([Environment]::GetEnvironmentVariable($Name)) $entries)
    $value = ($Front + $kept + $Back) -join [IO.Path]::PathSeparator
    _ckpm_set $Saved $Name $value $entries
}

function global:_ckpm_undo($Change) {
    $now = [Environment]::GetEnvironmentVariable($Change.Name)
    if ($now -ceq $Change.New) {
        _ckpm_put $Change.Name $Change.Old
    } elseif ($null -ne $now -and $Change.Entries.Count -gt 0) {
        $before = @(_ckpm_without $Change.Old @())
        $gone = @($Change.Entries | Where-Object { $before -cnotcontains $_ })
        $kept = @(_ckpm_without $now $gone)
        $value = if ($kept.Count -gt 0) { $kept -join [IO.Path]::PathSeparator } else { $null }
        _ckpm_put $Change.Name $value
    }
}

function global:ckpm_deactivate {
    if ($global:_CKPM_ACTIVE.Count -eq 0) { return }
    $top = $global:_CKPM_ACTIVE[0]
    $global:_CKPM_ACTIVE.RemoveAt(0)
    for ($i = $top.Saved.Count - 1; $i -ge 0; $i--) { _ckpm_undo $top.Saved[$i] }
}

while (@($global:_CKPM_ACTIVE | Where-Object { $_.Key -ceq 'KEY' }).Count -gt 0) { ckpm_deactivate }

$_ckpm_saved = New-Object System.Collections.ArrayList
"""

_END = """$global:_CKPM_ACTIVE.Insert(0, @{ Key = 'KEY'; Saved = $_ckpm_saved })
Remove-Variable -Name _ckpm_saved
"""

# PowerShell ends a string at any of these, and reads a doubled one as one of them.
_QUOTES = "'\u2018\u2019\u201a\u201b"


def _quote(text: str) -> str:
    return "'" + "".join(char * 2 if char in _QUOTES else char for char in text) + "'"


class PowerShell:
    """PowerShell 5.1 and 7."""

    names: tuple[str, ...] = ("pwsh", "powershell")
    script_file = "activate.ps1"
    separator = os.pathsep
    reserved: frozenset[str] = frozenset()
    refusal = "throw 'ckpm: MESSAGE'\n"
    deactivate = "if (Test-Path -LiteralPath Function:global:ckpm_deactivate) { ckpm_deactivate }"

    def objection(self, value: str) -> str | None:
        if not value:
            return "nothing: an empty variable does not exist there"
        return "NUL" if "\0" in value else None

    def assign(self, key: str, name: str, value: str | None) -> tuple[str, str]:  # noqa: ARG002
        text = "$null" if value is None else _quote(value)
        return f"_ckpm_set $_ckpm_saved '{name}' {text} @()\n", ""

    def edit(
        self,
        key: str,  # noqa: ARG002
        name: str,
        front: Sequence[str],
        back: Sequence[str],
    ) -> tuple[str, str]:
        return f"_ckpm_edit $_ckpm_saved '{name}' {_array(front)} {_array(back)}\n", ""

    def script(self, key: str, steps: Sequence[tuple[str, str]]) -> str:
        body = "".join(step[0] for step in steps)
        text = _SCRIPT.replace("KEY", key) + body + _END.replace("KEY", key)
        # Without the mark, Windows PowerShell 5.1 reads a file in the machine's old code page.
        return text if text.isascii() else "\ufeff" + text

    def activate_command(self, directory: str) -> str:
        return f". {_quote(f'{directory}/{self.script_file}')}"


def _array(entries: Sequence[str]) -> str:
    return "@(" + ", ".join(_quote(entry) for entry in entries) + ")"
