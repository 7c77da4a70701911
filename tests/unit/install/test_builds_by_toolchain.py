"""Toolchains that are asked for: clang with the libraries of others, and Emscripten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from builds import (
    CASES,
    Workplace,
    add_recipes,
    findings,
    make_workplace,
    need,
    platform,
    printed,
    traces,
)

from ckpm.config.platforms import DIRECTORY

BUILDERS = {
    "cmake": ("cmake", "ninja"),
    "meson": ("meson", "ninja", "pkg-config"),
    "autotools": ("autoreconf", "make"),
    "make": ("make",),
    "commands": (),
}
FILES = {
    "clang": (
        "usr/lib/llvm-*/bin/clang++",
        "usr/lib/llvm-*/bin/ld.lld",
        "usr/lib/gcc-cross/{triple}/*/libstdc++.so",
    ),
    "emscripten": ("usr/bin/emcc",),
}
BOARD = """
kind: program
summary: says what it was compiled with
sources:
  - from: build
    versions: ["1"]
    path: board
    system: commands
    tools: [cxx-compiler]
    steps:
      - [mkdir, -p, "{prefix}/bin"]
      - ["{toolchain.cxx}", main.cpp, -o, "{prefix}/bin/board"]
"""

THROWN = """
kind: program
summary: throws what it reads
sources:
  - from: build
    versions: ["1"]
    path: thrown
    system: cmake
    configure: ["-DPROCESSOR={target.processor}"]
    tools: [cmake, ninja, cxx-compiler]
"""


def cases() -> Iterator[Any]:
    for case in yaml.safe_load((CASES / "by_toolchain.yaml").read_text(encoding="utf-8")):
        named = "-".join((case["recipe"], case["toolchain"], case["target"]))
        yield pytest.param(case, id=named, marks=[pytest.mark.heavy] if case.get("heavy") else [])


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    made = make_workplace(tmp_path_factory.mktemp("toolchains"))
    add_recipes(made)
    return made


def need_toolchain(toolchain: str, target: str) -> None:
    """Skip where a toolchain is missing, or what runs its programs."""
    for pattern in FILES[toolchain]:
        name = pattern.format(triple=platform(target).triple)
        if not any(Path("/").glob(name)):
            pytest.skip(f"needs /{name}")
    need(platform(target).emulator[0])


@pytest.mark.parametrize("case", list(cases()))
def test_a_toolchain_compiles_what_runs(workplace: Workplace, case: dict[str, Any]) -> None:
    recipe, toolchain, target = case["recipe"], case["toolchain"], case["target"]
    need_toolchain(toolchain, target)
    need(*BUILDERS[recipe.partition("-")[2]])
    asked = ":".join(filter(None, (recipe, case.get("options"))))
    named = f"{recipe}-{toolchain}"
    packages = workplace.install(target, asked, toolchain, env=named)
    suffix = case.get("suffix", platform(target).executable_suffix)
    for name in case.get("programs", ["number-c", "number-cxx"]):
        program = packages / recipe / "bin" / f"{name}{suffix}"
        done = printed(target, packages, [program], workplace.store / "cache")
        assert (done.returncode, done.stdout.strip()) == (0, "number 7"), done
    judged = workplace.ckpm("check", "-e", named, "--target", target, "--json").result
    assert not [line for line in findings(judged) if "note" not in line[0]], judged
    assert traces(packages / recipe, str(workplace.store / "work")) == []
    logs = (workplace.store / "logs").glob(f"{recipe}-*.log")
    assert any(case.get("says", "") in log.read_text(encoding="utf-8") for log in logs)


def test_emscriptens_programs_read_files_and_catch_what_is_thrown(
    workplace: Workplace, tmp_path: Path
) -> None:
    need_toolchain("emscripten", "emscripten-wasm32")
    need("cmake", "ninja")
    workplace.recipe("thrown", THROWN, CASES / "thrown")
    packages = workplace.install("emscripten-wasm32", "thrown")
    said = tmp_path / "said"
    said.write_text("this was thrown\n", encoding="utf-8")
    command = [packages / "thrown" / "bin" / "thrown.js", said]
    done = printed("emscripten-wasm32", packages, command, workplace.store / "cache")
    assert (done.returncode, done.stdout.strip()) == (3, "this was thrown"), done


def test_gccs_own_cross_compiler_comes_before_clang_and_clang_before_zig(
    workplace: Workplace, tmp_path: Path
) -> None:
    need_toolchain("clang", "linux-arm64")
    need("aarch64-linux-gnu-g++")
    asked = ("why", "cxx-compiler", "--for", "cxx-compiler", "--target", "linux-arm64")
    assert workplace.ckpm(*asked).out.startswith("gcc-aarch64-linux-gnu ")
    elsewhere, _ = with_board(tmp_path)
    said = elsewhere.ckpm(*asked).out
    assert said.startswith("clang ")
    assert "the C library's headers for linux-arm64 are not in" in said


def copied_root(root: Path, triple: str) -> Path:
    """Make what a copy of such a machine's root is, of the distribution's cross packages."""
    cross, libraries = Path("/usr") / triple, root / "usr" / "lib" / triple
    for made, entries in ((root / "usr" / "include", "include"), (libraries, "lib")):
        made.mkdir(parents=True)
        for entry in (cross / entries).iterdir():
            (made / entry.name).symlink_to(entry)
    (root / "lib").symlink_to("usr/lib")
    (root / "usr" / "lib" / "gcc").symlink_to("/usr/lib/gcc-cross")
    script = (cross / "lib" / "libc.so").read_text(encoding="utf-8")
    (libraries / "libc.so").unlink()
    text = script.replace(f"{cross}/lib", f"/usr/lib/{triple}")
    (libraries / "libc.so").write_text(text, encoding="utf-8")
    return root


def with_board(directory: Path) -> tuple[Workplace, Path]:
    """Return a project for boards of one kind, and the copy of such a board's root."""
    triple = platform("linux-arm64").triple
    root = copied_root(directory / "root", triple)
    header = root / "usr" / "include" / "board.h"
    header.write_text('#define BOARD "of this board"\n', encoding="utf-8")
    workplace = make_workplace(directory)
    bundled = DIRECTORY / "linux-arm64.json"
    described = json.loads(bundled.read_text(encoding="utf-8")) | {"sysroots": [str(root)]}
    platforms = Path(workplace.environ["CKPM_CONFIG"]) / "platforms"
    platforms.mkdir(parents=True)
    (platforms / "linux-arm64.json").write_text(json.dumps(described), encoding="utf-8")
    workplace.recipe("board", BOARD, CASES / "board")
    return workplace, root


def test_clang_compiles_with_a_copy_of_a_machines_root(tmp_path: Path) -> None:
    need_toolchain("clang", "linux-arm64")
    workplace, _ = with_board(tmp_path)
    packages = workplace.install("linux-arm64", "board")
    program = packages / "board" / "bin" / "board"
    done = printed("linux-arm64", packages, [program], workplace.store / "cache")
    assert (done.returncode, done.stdout) == (0, "of this board"), done


def test_a_copy_without_headers_is_refused(tmp_path: Path) -> None:
    need_toolchain("clang", "linux-arm64")
    workplace, root = with_board(tmp_path)
    (root / "usr" / "include" / "stdio.h").unlink()
    said = workplace.ckpm("install", "board", "clang", "--target", "linux-arm64")
    assert said.code == 3
    assert f"are not in {root}/usr/include: install libc6-dev on that machine" in said.err
    assert workplace.results == []
