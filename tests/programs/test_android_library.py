"""The detection library built for Android, and executed here upon the test runtime."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs.building import SOURCE_DIR, TEST_RUNTIME_DIR, cmake_build, require
from programs.ndk import CASES_DIR, make_ndk

PPM = b"P6\n8 8\n255\n" + b"\xc0\0\0" * 64


@dataclass(frozen=True)
class Abi:
    name: str
    target: str
    compiler: str  # The prefix of the glibc compiler whose machine code goes with the ABI.
    root: str  # Where the emulator finds that glibc; empty without an emulator.
    emulator: str


ABIS = (
    Abi("x86_64", "x86_64-linux-android26", "", "", ""),
    Abi(
        "arm64-v8a",
        "aarch64-linux-android26",
        "aarch64-linux-gnu-",
        "/usr/aarch64-linux-gnu",
        "qemu-aarch64-static",
    ),
    Abi(
        "armeabi-v7a",
        "armv7a-linux-androideabi26",
        "arm-linux-gnueabi-",
        "/usr/arm-linux-gnueabi",
        "qemu-arm-static",
    ),
)


@pytest.fixture(scope="module")
def ndk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("clang-16", "lld-16", "readelf")
    clang = shutil.which("clang-16")
    assert clang is not None
    return make_ndk(tmp_path_factory.mktemp("ndk") / "ndk", Path(clang), [26])


@pytest.fixture(scope="module", params=ABIS, ids=lambda abi: abi.name)
def abi(request: pytest.FixtureRequest) -> Abi:
    found: Abi = request.param
    return found


@pytest.fixture(scope="module")
def library(ndk: Path, abi: Abi, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return libobject_detection.so, beside the runtime that it needs."""
    runtime = tmp_path_factory.mktemp(abi.name) / "lib" / "libtensorflowlite_jni.so"
    runtime.parent.mkdir()
    clang = ndk / "toolchains/llvm/prebuilt/linux-x86_64/bin" / f"{abi.target}-clang"
    options = ["-shared", "-fPIC", "-O1", f"-Wl,-soname,{runtime.name}"]
    subprocess.run([clang, *options, CASES_DIR / "fake_tflite.c", "-o", runtime], check=True)
    cmake_options = [
        f"-DCMAKE_TOOLCHAIN_FILE={ndk}/build/cmake/android.toolchain.cmake",
        f"-DANDROID_ABI={abi.name}",
        "-DANDROID_PLATFORM=android-26",
        f"-DLITERT_ROOT={runtime.parents[1]}",
    ]
    build_dir = tmp_path_factory.mktemp("library")
    product = cmake_build(SOURCE_DIR, build_dir, cmake_options, install=True)
    assert (product / "include" / "object_detection.h").is_file()
    return Path(shutil.copy(product / "lib" / "libobject_detection.so", runtime.parent))


def elf(file: Path, *options: str) -> str:
    return subprocess.run(
        ["readelf", "--wide", *options, file], capture_output=True, check=True, text=True
    ).stdout


def test_it_is_a_library_for_android(library: Path) -> None:
    segments = [line.split() for line in elf(library, "-l").splitlines() if "LOAD" in line]
    note = elf(library, "-n")

    assert {int(segment[-1], 16) for segment in segments} == {16384}
    assert "Android" in note
    assert "description data: 1a 00 00 00" in note


def test_it_needs_no_cpp_library(library: Path) -> None:
    needed = [line for line in elf(library, "-d").splitlines() if "NEEDED" in line]

    names = {line.split("[")[1].rstrip("]") for line in needed}
    assert names == {"libtensorflowlite_jni.so", "libc.so", "libm.so", "libdl.so"}


def test_it_exports_its_interface_alone(library: Path) -> None:
    symbols = [line.split() for line in elf(library, "--dyn-syms").splitlines() if "GLOBAL" in line]

    exported = {symbol[7] for symbol in symbols if symbol[6] != "UND"}
    assert len(exported) == 8
    assert all(name.startswith("object_detection_") for name in exported)


def test_it_is_executed_here_as_it_is(abi: Abi, library: Path, tmp_path: Path) -> None:
    require(f"{abi.compiler}gcc", f"{abi.compiler}g++", *([abi.emulator] if abi.emulator else []))
    tools = [f"-DCMAKE_C_COMPILER={abi.compiler}gcc", f"-DCMAKE_CXX_COMPILER={abi.compiler}g++"]
    if abi.emulator:
        tools += ["-DCMAKE_SYSTEM_NAME=Linux", f"-DCMAKE_SYSTEM_PROCESSOR={abi.name}"]
    runtime = cmake_build(TEST_RUNTIME_DIR, tmp_path / "runtime", tools, install=True)
    slots = f"-Wl,--whole-archive {runtime}/lib/libbionic_slots.a -Wl,--no-whole-archive"
    program_options = [
        *tools,
        f"-DOBJECT_DETECTION_LIBRARY={library}",
        f"-DCMAKE_EXE_LINKER_FLAGS={slots}",
        "-DCMAKE_DISABLE_FIND_PACKAGE_JPEG=ON",
        "-DCMAKE_DISABLE_FIND_PACKAGE_PNG=ON",
    ]
    program = cmake_build(SOURCE_DIR, tmp_path / "program", program_options) / "object-detection"
    before = library.read_bytes()

    search = f"{library.parent}:{runtime}/lib"
    (tmp_path / "a.ppm").write_bytes(PPM)
    (tmp_path / "m.tflite").write_bytes(b"any")
    command = [program, "--images", tmp_path, "--model", tmp_path / "m.tflite", "--out", tmp_path]
    if abi.emulator:
        libraries = f"LD_LIBRARY_PATH={search}:{abi.root}/lib"
        command = [abi.emulator, "-L", abi.root, "-E", libraries, *command]
    environment = os.environ if abi.emulator else {**os.environ, "LD_LIBRARY_PATH": search}
    subprocess.run(command, check=True, env=environment, capture_output=True)

    document = json.loads((tmp_path / "detections.json").read_text())
    assert document["runtime"] == {"name": "tflite", "version": "fake"}
    [found] = document["images"][0]["detections"]
    assert found == {"label": "cat", "category_id": 17, "score": 0.75, "box": [2, 2, 6, 6]}
    assert library.read_bytes() == before
