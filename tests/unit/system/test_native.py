"""This machine as a platform."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ckpm.model.platform import Platform
from ckpm.system.native import cuda_of_module, musl_version, native_platform


def test_is_one_that_is_known_with_the_facts_of_this_machine() -> None:
    machine = os.uname().machine
    arch = {"aarch64": "arm64"}.get(machine, machine)
    known = Platform(f"linux-{arch}", "linux", arch, f"{machine}-linux-gnu", (("api", "1"),))
    native = native_platform({known.name: known})
    ldd = subprocess.run(["ldd", "--version"], capture_output=True, text=True, check=True)
    assert native.stating({}).name == known.name
    assert native.fact("api") == "1"
    assert native.fact("glibc") == ldd.stdout.splitlines()[0].split()[-1]


def test_a_machine_that_nobody_described_still_has_a_name() -> None:
    assert native_platform({}).name.startswith("linux-")


@pytest.mark.parametrize(
    ("line", "cuda"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 2023", "12.2"),
        (
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build",
            "13.0",
        ),
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 2024", "11.4"),
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  390.157  Wed Oct 12 2022", None),
        ("something else", None),
    ],
)
def test_reads_the_newest_cuda_off_the_kernel_module(line: str, cuda: str | None) -> None:
    assert cuda_of_module(f"{line}\nGCC version:  gcc version 12.2.0\n") == cuda


def test_reads_the_version_that_is_built_into_musl(tmp_path: Path) -> None:
    loader = tmp_path / "ld-musl-x86_64.so.1"
    loader.write_bytes(b"\x7fELF\0v9.9.9.9\0libc\0" + b"1.2.4\0musl libc (x86_64)\0")
    assert musl_version(loader) == "1.2.4"
