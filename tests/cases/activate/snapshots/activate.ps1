# Written by ckpm: dot-source this file, do not edit it. It starts no program.

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

while (@($global:_CKPM_ACTIVE | Where-Object { $_.Key -ceq '8845788ab995' }).Count -gt 0) { ckpm_deactivate }

$_ckpm_saved = New-Object System.Collections.ArrayList
_ckpm_set $_ckpm_saved 'CKPM_ENV' 'demo' @()
_ckpm_set $_ckpm_saved 'CKPM_ENV_DIR' '/store/envs/demo/linux-x86_64/7' @()
_ckpm_set $_ckpm_saved 'CKPM_TARGET' 'linux-x86_64' @()
_ckpm_edit $_ckpm_saved 'CKPM_STACK' @('/store/envs/demo/linux-x86_64/7') @()
_ckpm_set $_ckpm_saved 'CKPM_MODEL_FILE' '/store/it''s a model.tflite' @()
_ckpm_set $_ckpm_saved 'PYTHONHOME' $null @()
_ckpm_edit $_ckpm_saved 'PATH' @('/store/envs/demo/linux-x86_64/7/bin', '/store/tool/bin') @()
_ckpm_edit $_ckpm_saved 'PKG_CONFIG_PATH' @() @('/store/lib/pkgconfig')
$global:_CKPM_ACTIVE.Insert(0, @{ Key = '8845788ab995'; Saved = $_ckpm_saved })
Remove-Variable -Name _ckpm_saved
