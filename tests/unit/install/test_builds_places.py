"""Where builds find things and leave them: moved stores, caches, interruptions, other compilers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from builds import CASES, Workplace, add_recipes, make_workplace, need, platform, printed
from elftools.elf.elffile import ELFFile
from programs.ndk import make_ndk

NDK = "27.2.12479018"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    made = make_workplace(tmp_path_factory.mktemp("places"))
    add_recipes(made)
    return made


@pytest.mark.parametrize("recipe", ["counted-cmake", "counted-meson"])
def test_libraries_are_found_by_themselves_wherever_the_store_is(
    workplace: Workplace, recipe: str, tmp_path: Path
) -> None:
    need("cmake", "ninja", "meson", "pkg-config", "gcc")
    packages = workplace.install("linux-x86_64", recipe)
    made = (packages / recipe).resolve()
    moved = tmp_path / "elsewhere"
    shutil.copytree(made.parent, moved, symlinks=True)
    away = made.parent.rename(tmp_path / "away")
    try:
        program = moved / made.name / "bin" / "number-c"
        done = subprocess.run([program], capture_output=True, check=False)
    finally:
        away.rename(made.parent)
    assert (done.returncode, done.stdout) == (0, b"number 7\n"), done.stderr


@pytest.mark.parametrize(
    ("option", "present", "absent"),
    [("shared=ON", "libnumber.so", "libnumber.a"), ("shared=OFF", "libnumber.a", "libnumber.so")],
)
def test_an_option_chooses_the_kind_of_library(
    workplace: Workplace, option: str, present: str, absent: str
) -> None:
    need("cmake", "ninja", "riscv64-linux-gnu-gcc", "riscv64-linux-gnu-g++")
    packages = workplace.install("linux-riscv64", f"number-cmake:{option}", env=present)
    libraries = packages / "number-cmake" / "lib"
    assert [(libraries / name).is_file() for name in (present, absent)] == [True, False]
    program = packages / "number-cmake" / "bin" / "number-c"
    assert run_paths(program) == ["$ORIGIN/../lib"]


def run_paths(program: Path) -> list[str]:
    """Return where a program looks for libraries first."""
    with program.open("rb") as stream:
        dynamic = ELFFile(stream).get_section_by_name(".dynamic")
        tags = dynamic.iter_tags("DT_RUNPATH") if dynamic else ()
        return [place for tag in tags for place in tag.runpath.split(":")]


def test_a_compiler_cache_that_is_here_is_used(workplace: Workplace, tmp_path: Path) -> None:
    need("ccache", "cmake", "ninja", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++")
    cache = {"CCACHE_DIR": str(tmp_path / "ccache")}
    for store in ("first", "second"):
        place = workplace.having(CKPM_STORE=str(tmp_path / store), **cache)
        place.install("linux-arm64", "number-cmake")
    counted = subprocess.run(
        ["ccache", "--print-stats"],
        env={**os.environ, **cache},
        capture_output=True,
        text=True,
        check=True,
    )
    counts = dict(line.split("\t") for line in counted.stdout.splitlines())
    hits = int(counts["direct_cache_hit"]) + int(counts["preprocessed_cache_hit"])
    # The three sources and what CMake tries first.
    assert hits == int(counts["cache_miss"]) >= 3


def test_an_interrupted_build_leaves_nothing(workplace: Workplace, tmp_path: Path) -> None:
    started = tmp_path / "started"
    # No other run of this test, at the same time, sleeps just as long.
    long = f"59.{os.getpid()}"
    workplace.recipe(
        "slow",
        "kind: program\nsummary: takes its time\nsources:\n  - from: build\n"
        '    versions: ["1"]\n    path: number\n    system: commands\n    steps:\n'
        '      - [touch, "{prefix}/half"]\n'
        f"      - [touch, {started}]\n      - [sleep, '{long}']\n",
        CASES / "number",
    )
    before = workplace.results
    said = workplace.interrupted(started, "install", "slow", "-e", "slow")
    assert said.code == 130, said.err
    assert "Traceback" not in said.err
    assert workplace.results == before
    assert list(workplace.store.glob("work/*")) == []
    assert not any(long.encode() in arguments for arguments in running())


def running() -> list[bytes]:
    """Return the arguments of every process of this machine."""
    files = Path("/proc").glob("[0-9]*/cmdline")
    found = []
    for file in files:
        try:
            found.append(file.read_bytes())
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def ndk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("clang-16", "lld-16")
    return make_ndk(tmp_path_factory.mktemp("ndk") / "ndk", Path(shutil.which("clang-16") or ""))


@pytest.mark.parametrize(
    ("target", "recipe", "machine"),
    [
        ("android-arm64", "number-cmake:programs=OFF", "EM_AARCH64"),
        ("android-x86_64:api=35", "number-cmake:programs=OFF", "EM_X86_64"),
    ],
)
def test_an_ndk_that_is_here_builds_for_android(
    workplace: Workplace, ndk: Path, target: str, recipe: str, machine: str
) -> None:
    need("cmake", "ninja")
    place = workplace.having(ANDROID_NDK_HOME=str(ndk))
    asked = (recipe, f"android-ndk=={NDK}")
    packages = place.install(target, *asked, env="android")
    library = packages / "number-cmake" / "lib" / "libnumber.so"
    with library.open("rb") as stream:
        elf = ELFFile(stream)
        aligned = [s["p_align"] for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"]
        assert elf["e_machine"] == machine
        assert set(aligned) == {platform(target.partition(":")[0]).page_size}
    judged = place.ckpm("check", "-e", "android", "--target", target)
    assert judged.code == 0, judged.out


@pytest.mark.network
def test_a_build_tool_comes_from_the_index(workplace: Workplace) -> None:
    need("gcc", "g++", "ninja")
    without = {"CKPM_STORE": str(workplace.directory / "store-without")}
    forbidden = ("--prefer", "newest")
    place = workplace.having(**without)
    said = place.ckpm("install", "counted-cmake", *forbidden, "-e", "tool", "--json").result
    cmake = next(p for p in said["packages"] if p["name"] == "cmake")
    assert cmake["from"] == "pypi"
    program = Path(said["directory"], "packages", "counted-cmake", "bin", "number-c")
    assert subprocess.run([program], capture_output=True, check=True).stdout == b"number 7\n"


@pytest.mark.network
@pytest.mark.heavy
@pytest.mark.parametrize("target", ["linux-arm64:glibc=2.28", "linux-riscv64:glibc=2.31"])
def test_zig_compiles_where_no_other_compiler_fits(workplace: Workplace, target: str) -> None:
    need("cmake", "ninja")
    packages = workplace.install(target, "number-cmake", "zig", env="zig")
    program = packages / "number-cmake" / "bin" / "number-cxx"
    name = target.partition(":")[0]
    need(platform(name).emulator[0])
    done = printed(name, packages, [program], workplace.store / "cache")
    assert (done.returncode, done.stdout) == (0, "number 7\n"), done.stderr
    judged = workplace.ckpm("check", "-e", "zig", "--target", target)
    assert judged.code == 0, judged.out
