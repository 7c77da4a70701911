"""Build programs that live beside recipes with CMake, for this machine or another one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from ckpm._content import bundled_dir

SOURCE_DIR = bundled_dir("recipes") / "object-detection" / "cpp"
TEST_RUNTIME_DIR = bundled_dir("recipes") / "android-test-runtime"


def require(*programs: str) -> None:
    """Skip the test where a program is absent."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"no {program}")


def cmake_build(
    source_dir: Path, build_dir: Path, options: Sequence[str] = (), *, install: bool = False
) -> Path:
    """Build and return the folder with the products, or with those that were installed."""
    require("cmake", "ninja")
    prefix = build_dir / "installed"
    arguments = [
        "-S",
        source_dir,
        "-B",
        build_dir,
        "-G",
        "Ninja",
        f"-DCMAKE_INSTALL_PREFIX={prefix}",
    ]
    _run(["cmake", *arguments, *options])
    _run(["ninja", "-C", build_dir, "-j2", *(["install"] if install else [])])
    return prefix if install else build_dir


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
