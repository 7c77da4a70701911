"""What counts as being there."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ckpm.check.binaries import read_compiled
from ckpm.check.supply import library_names, platform_supply
from ckpm.config.platforms import known_platforms


def test_windows_compares_without_case() -> None:
    platform = replace(known_platforms()["windows-x86_64"], libraries=("Api-MS-*.dll",))
    supply = platform_supply(platform).with_names(["Own.DLL"])
    assert supply.has("API-ms-win.dll")
    assert supply.has("own.dll")
    assert not supply.has("other.dll")


def test_linux_compares_with_case() -> None:
    supply = platform_supply(known_platforms()["linux-arm64"]).with_names(["libA.so"])
    assert not supply.has("liba.so")


def test_a_stated_driver_brings_its_libraries() -> None:
    platform = known_platforms()["linux-x86_64"]
    assert not platform_supply(platform).has("libcuda.so.1")
    assert platform_supply(platform.stating({"cuda-driver": "12.8"})).has("libcuda.so.1")


def test_a_prefix_of_the_system_is_not_walked() -> None:
    platform = known_platforms()["linux-x86_64"]
    names = list(library_names([Path("/usr")], platform))
    assert len(names) < 50_000
    assert not any("/" in name for name in names)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc here")
@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        (["-shared", "-fPIC"], "shared"),
        (["-pie", "-fPIE"], "executable"),
        (["-no-pie"], "executable"),
        (["-static-pie", "-fPIE"], "executable"),
        (["-c"], "object"),
    ],
)
def test_programs_are_told_from_libraries(flags: list[str], kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int main(void) { return 0; }")
    subprocess.run(["gcc", *flags, "a.c", "-o", "a.out"], cwd=tmp_path, check=True)
    compiled = read_compiled(tmp_path / "a.out")
    assert compiled is not None
    assert [binary.kind for binary in compiled.binaries] == [kind]
