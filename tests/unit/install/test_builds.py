"""Tiny projects, really compiled: every build system, for several machines, and then run."""

from __future__ import annotations

import subprocess
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

COMPILERS = {
    "linux-x86_64": "g++",
    "linux-arm64": "aarch64-linux-gnu-g++",
    "linux-armv7": "arm-linux-gnueabihf-g++",
    "linux-riscv64": "riscv64-linux-gnu-g++",
    "windows-x86_64": "x86_64-w64-mingw32-g++",
}
BUILDERS = {
    "cmake": ("cmake", "ninja"),
    "meson": ("meson", "ninja", "pkg-config"),
    "autotools": ("autoreconf", "make"),
    "make": ("make",),
    "cargo": ("cargo",),
    "commands": (),
}


def cases() -> Iterator[Any]:
    for case in yaml.safe_load((CASES / "products.yaml").read_text(encoding="utf-8")):
        named = "-".join(filter(None, (case["recipe"], case.get("options"), case["target"])))
        marks = [pytest.mark.heavy] if case.get("heavy") else []
        yield pytest.param(case, id=named, marks=marks)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    made = make_workplace(tmp_path_factory.mktemp("builds"))
    add_recipes(made)
    return made


def need_for(case: dict[str, Any]) -> None:
    """Skip where what builds or runs a case is missing."""
    need(*BUILDERS[case["recipe"].partition("-")[2]], COMPILERS[case["target"]])
    if case["target"].startswith("linux-") and case["target"] != "linux-x86_64":
        need(platform(case["target"]).emulator[0])
    if rust := case.get("rust"):
        command = ["rustc", "--print", "target-libdir", "--target", rust]
        place = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        if not place or not Path(place.strip()).is_dir():
            pytest.skip(f"Rust's library for {rust} is not here")


def machine(program: Path) -> int:
    """Return the number of the machine that a file is for, as its own header says."""
    with program.open("rb") as file:
        head = file.read(64)
        if head[:4] == b"\x7fELF":
            return int.from_bytes(head[18:20], "little")
        assert head[:2] == b"MZ"
        file.seek(int.from_bytes(head[60:64], "little"))
        signature = file.read(6)
        assert signature[:4] == b"PE\0\0"
        return int.from_bytes(signature[4:], "little")


@pytest.mark.parametrize("case", list(cases()))
def test_a_product_runs_where_it_belongs(
    workplace: Workplace, case: dict[str, Any], tmp_path: Path
) -> None:
    need_for(case)
    target, described = case["target"], platform(case["target"])
    asked = f"{case['recipe']}:{case['options']}" if "options" in case else case["recipe"]
    packages = workplace.install(target, asked)
    for name in case.get("programs", ["number-c", "number-cxx"]):
        program = packages / case["recipe"] / "bin" / f"{name}{described.executable_suffix}"
        assert machine(program) == (described.elf_machine or described.pe_machine)
        if target == "windows-x86_64" and not Path("/usr/lib/wine/wine64").exists():
            continue
        done = printed(target, packages, [program], workplace.store / "cache")
        assert (done.returncode, done.stdout.strip()) == (0, case.get("prints", "number 7")), done
    judged = workplace.ckpm("check", "-e", case["recipe"], "--target", target, "--json").result
    assert not [line for line in findings(judged) if "note" not in line[0]], judged
    assert traces(packages / case["recipe"], str(workplace.store / "work")) == []
