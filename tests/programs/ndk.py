"""Make a stand-in for the Android NDK out of a clang and an lld of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

CASES_DIR = Path(__file__).resolve().parents[1] / "cases" / "ndk"
REVISION = "27.2.12479018"
API_LEVELS = (21, 26, 35)
# The directories of the NDK's libraries, and the targets that clang is asked for.
TRIPLES = {
    "aarch64-linux-android": "aarch64-linux-android",
    "arm-linux-androideabi": "armv7a-linux-androideabi",
    "x86_64-linux-android": "x86_64-linux-android",
}
TOOLS = ("llvm-ar", "llvm-nm", "llvm-objcopy", "llvm-ranlib", "llvm-readelf", "llvm-strip")


def make_ndk(directory: Path, clang: Path, api_levels: Iterable[int] = API_LEVELS) -> Path:
    """Build the tree below ``directory``, laid out as NDK r27 for Linux, and return it.

    ``clang`` is the real program, with lld and LLVM's tools beside it. What the tree holds and
    lacks is told in ``tests/cases/ndk/README.md``.
    """
    toolchain = directory / "toolchains" / "llvm" / "prebuilt" / "linux-x86_64"
    _describe(directory)
    _place_compiler(toolchain, clang.resolve())
    shutil.copytree(CASES_DIR / "include", toolchain / "sysroot" / "usr" / "include")
    for triple, target in TRIPLES.items():
        _place_builtins(toolchain, triple)
        for api in api_levels:
            _place_wrapper(toolchain, target, api)
            _place_libraries(toolchain, triple, f"{target}{api}", api)
    return directory


def _describe(directory: Path) -> None:
    cmake_dir = directory / "build" / "cmake"
    cmake_dir.mkdir(parents=True)
    for file in CASES_DIR.glob("*.cmake"):
        shutil.copy(file, cmake_dir)
    properties = f"Pkg.Desc = Android NDK\nPkg.Revision = {REVISION}\n"
    (directory / "source.properties").write_text(properties)


def _place_compiler(toolchain: Path, clang: Path) -> None:
    # A copy, because clang looks for its own libraries from where its file really is.
    bin_dir = toolchain / "bin"
    bin_dir.mkdir(parents=True)
    shutil.copy(clang, bin_dir / "clang")
    (bin_dir / "clang++").symlink_to("clang")
    # Google's clang is built with this default.
    (bin_dir / "clang.cfg").write_text("--rtlib=compiler-rt --unwindlib=none\n")
    (bin_dir / "ld.lld").symlink_to(clang.parent / "lld")
    (bin_dir / "ld").symlink_to("ld.lld")
    for tool in TOOLS:
        (bin_dir / tool).symlink_to(clang.parent / tool)
    resources = _resources(bin_dir / "clang")
    resources.mkdir(parents=True)
    (resources / "include").symlink_to(_resources(clang) / "include")


def _resources(clang: Path) -> Path:
    answer = subprocess.run(
        [clang, "-print-resource-dir"], capture_output=True, check=True, text=True
    )
    return Path(answer.stdout.strip())


def _place_builtins(toolchain: Path, triple: str) -> None:
    """Leave clang's own libraries empty: processors of today need little of them."""
    machine = triple.split("-", maxsplit=1)[0]
    library_dir = _resources(toolchain / "bin" / "clang") / "lib" / "linux"
    builtins = library_dir / f"libclang_rt.builtins-{machine}-android.a"
    for archive in (builtins, library_dir / machine / "libatomic.a"):
        archive.parent.mkdir(parents=True, exist_ok=True)
        archive.write_bytes(b"!<arch>\n")


def _place_wrapper(toolchain: Path, target: str, api: int) -> None:
    for name in ("clang", "clang++"):
        wrapper = toolchain / "bin" / f"{target}{api}-{name}"
        wrapper.write_text(
            f'#!/bin/sh\nexec "$(dirname "$0")/{name}" --target={target}{api} "$@"\n'
        )
        wrapper.chmod(0o755)


def _place_libraries(toolchain: Path, triple: str, target: str, api: int) -> None:
    library_dir = toolchain / "sysroot" / "usr" / "lib" / triple / str(api)
    library_dir.mkdir(parents=True)
    compiler = [toolchain / "bin" / "clang", f"--target={target}"]
    begin = (CASES_DIR / "crtbegin.S.in").read_text().replace("@API@", str(api))
    for name in ("so", "dynamic"):
        _assemble([*compiler, "-c"], begin, library_dir / f"crtbegin_{name}.o")
    for name in ("so", "android"):
        _assemble([*compiler, "-c"], "", library_dir / f"crtend_{name}.o")
    for script in sorted(CASES_DIR.glob("*.map")):
        library = library_dir / f"{script.stem}.so"
        options = [f"-Wl,-soname,{library.name}", f"-Wl,--version-script={script}"]
        _assemble([*compiler, "-nostdlib", "-shared", *options], _stubs(script), library)


def _stubs(script: Path) -> str:
    """Return assembly in which every symbol of a version script is an empty function."""
    names = re.findall(r"^ {4}(\w+);$", script.read_text(), flags=re.MULTILINE)
    return "".join(f".globl {name}\n.type {name}, %function\n{name}:\n" for name in names)


def _assemble(command: list[str | Path], assembly: str, output: Path) -> None:
    arguments = [*command, "-x", "assembler-with-cpp", "-", "-o", output]
    subprocess.run(arguments, input=assembly.encode(), check=True)
