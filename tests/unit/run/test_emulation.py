"""Foreign programs started here: what comes before them, what they see, and what is missing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from builds import need

from ckpm.config.platforms import known_platforms
from ckpm.errors import NotFoundError
from ckpm.model.platform import Platform
from ckpm.run.emulation import Emulation, emulated, library_directories, require_loader

PLATFORMS = known_platforms()
ARM64, NATIVE = PLATFORMS["linux-arm64"], PLATFORMS["linux-x86_64"]
CPUINFO = (
    '#include <stdio.h>\nint main(void) { char line[99]; FILE *f = fopen("/proc/cpuinfo", "r");\n'
    "while (f && fgets(line, 99, f)) fputs(line, stdout); return 5; }\n"
)


@pytest.fixture
def programs(tmp_path: Path) -> Mapping[str, str]:
    """A search path on which the names of all emulators are programs that do nothing."""
    directory = tmp_path / "bin"
    directory.mkdir()
    names = {platform.emulator[0].split("|")[0] for platform in PLATFORMS.values()
             if platform.emulator}  # fmt: skip
    for name in names:
        (directory / name).symlink_to("/bin/true")
    return {"PATH": str(directory)}


def started(
    target: Platform, environ: Mapping[str, str], tmp_path: Path, *libraries: Path
) -> AbstractContextManager[Emulation]:
    return emulated(target, libraries, environ, tmp_path / "cache", native=NATIVE)


def test_a_native_program_is_only_shown_the_libraries(tmp_path: Path) -> None:
    with started(NATIVE, {}, tmp_path, Path("/a"), Path("/b")) as emulation:
        assert emulation.started(["/p", "x"]) == ["/p", "x"]
        assert emulation.environ == {"LD_LIBRARY_PATH": "/a:/b"}


def test_an_emulator_gets_a_root_with_the_targets_own_cpuinfo(
    programs: Mapping[str, str], tmp_path: Path
) -> None:
    sysroot = tmp_path / "sysroot"
    (sysroot / "lib").mkdir(parents=True)
    target = replace(ARM64, sysroots=(str(sysroot), "/nowhere"))
    with started(target, programs, tmp_path, Path("/a")) as emulation:
        _, option, root, *rest = emulation.command
        assert (option, rest) == ("-L", ["-E", f"LD_LIBRARY_PATH=/a:{sysroot}/lib"])
        text = (Path(root) / "proc" / "cpuinfo").read_text(encoding="utf-8")
        assert text == "".join(f"{line}\n" for line in ARM64.cpuinfo)
        assert "CPU architecture: 8" in text
        assert (Path(root) / "lib").resolve() == sysroot / "lib"
    assert not Path(root).exists()


def test_windows_programs_find_libraries_in_its_own_way(
    programs: Mapping[str, str], tmp_path: Path
) -> None:
    libraries = (Path("/a"), Path("/b"))
    with started(PLATFORMS["windows-x86_64"], programs, tmp_path, *libraries) as emulation:
        assert emulation.environ["WINEPATH"] == "/a;/b"
        # Not the person's own, and kept: making it takes longer than most runs.
        assert emulation.environ["WINEPREFIX"] == str(tmp_path / "cache" / "wine")


@pytest.mark.parametrize(
    ("target", "names"),
    [("linux-arm64", ["a/lib", "b/lib"]), ("windows-x86_64", ["a/lib", "b/lib", "a/bin"])],
)
def test_windows_has_libraries_beside_programs(
    target: str, names: list[str], tmp_path: Path
) -> None:
    for name in ("a/lib", "b/lib", "a/bin", "a/include"):
        (tmp_path / "packages" / name).mkdir(parents=True)
    found = library_directories(tmp_path, PLATFORMS[target])
    assert [str(place.relative_to(tmp_path / "packages")) for place in found] == names


@pytest.mark.parametrize(
    ("target", "message", "hint"),
    [
        ("linux-arm64", "takes `qemu-aarch64-static`, which is not here", "qemu-user-static"),
        ("macos-arm64", "programs for macos-arm64 cannot run here", "--on ssh://"),
    ],
)
def test_without_an_emulator_it_is_said_what_to_do(
    target: str, message: str, hint: str, tmp_path: Path
) -> None:
    empty = {"PATH": str(tmp_path)}
    with pytest.raises(NotFoundError) as refused, started(PLATFORMS[target], empty, tmp_path):
        pytest.fail("it has nothing to run programs with")
    assert message in refused.value.message
    assert any(hint in line for line in refused.value.hints)
    assert not list((tmp_path / "cache").glob("*"))


def test_what_starts_dynamic_programs_must_be_here(
    programs: Mapping[str, str], tmp_path: Path
) -> None:
    program, static = tmp_path / "program", tmp_path / "static"
    program.write_text("ELF /lib/ld-linux-aarch64.so.1 ...")
    static.write_text("ELF, and all is inside")
    target = replace(ARM64, sysroots=(str(tmp_path / "gone"),))
    with started(target, programs, tmp_path) as emulation:
        assert emulation.started([str(static)])[-1] == str(static)
        with pytest.raises(NotFoundError) as refused:
            emulation.started([str(program)])
    assert "the C library of linux-arm64, which `program` needs" in refused.value.message
    assert "libc6-arm64-cross" in refused.value.hints[-1]


def test_a_loader_that_is_here_is_not_missed(tmp_path: Path) -> None:
    program, loader = tmp_path / "program", tmp_path / "root" / "lib" / "ld-linux-aarch64.so.1"
    program.write_text("ELF /lib/ld-linux-aarch64.so.1 ...")
    loader.parent.mkdir(parents=True)
    loader.touch()
    require_loader(program, replace(ARM64, sysroots=("/nowhere", str(tmp_path / "root"))))


def test_a_program_sees_its_own_processor_and_its_exit_code_comes_back(tmp_path: Path) -> None:
    need("aarch64-linux-gnu-gcc", "qemu-aarch64-static")
    source, program = tmp_path / "cpu.c", tmp_path / "cpu"
    source.write_text(CPUINFO)
    subprocess.run(["aarch64-linux-gnu-gcc", source, "-o", program], check=True)
    place = Path(shutil.which("qemu-aarch64-static") or "").parent
    with started(ARM64, {"PATH": str(place)}, tmp_path) as emulation:
        command = emulation.started([str(program)])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert done.stdout == "".join(f"{line}\n" for line in ARM64.cpuinfo)
