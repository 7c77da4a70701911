"""uv's names of platforms: those that it has, and never a newer C library than the target's."""

from __future__ import annotations

import re
import subprocess

import pytest
from uv import find_uv_bin

from ckpm.config.platforms import known_platforms
from ckpm.model.platform import Platform, parse_target
from ckpm.system.uv import uv_platform

KNOWN = known_platforms()
MINORS = (*range(17, 45), 50)


def platform(target: str) -> Platform:
    return parse_target(target, KNOWN, KNOWN["linux-x86_64"])


@pytest.fixture(scope="module")
def names() -> set[str]:
    """Return the platforms that the uv which is here takes."""
    command = [find_uv_bin(), "pip", "compile", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    listed = re.search(r"--python-platform <[^[]*\[possible\s+values:([^]]*)\]", said)
    return set(re.findall(r"[\w-]+", listed[1])) if listed else set()


@pytest.mark.parametrize("arch", ["x86_64", "arm64"])
@pytest.mark.parametrize("minor", MINORS)
def test_every_glibc_has_a_name_that_uv_knows(names: set[str], arch: str, minor: int) -> None:
    name = uv_platform(platform(f"linux-{arch}:glibc=2.{minor}"))
    assert name in names
    assert int(str(name).rpartition("_")[2]) <= minor


@pytest.mark.parametrize("name", sorted(name for name, p in KNOWN.items() if p.uv))
def test_every_platform_that_has_a_name_has_one_of_uvs(names: set[str], name: str) -> None:
    assert str(uv_platform(KNOWN[name])).partition(":")[0] in names


def test_a_glibc_that_is_too_old_has_none() -> None:
    assert uv_platform(platform("linux-arm64:glibc=2.12")) is None


def test_versions_of_macos_are_different_questions() -> None:
    assert uv_platform(platform("macos-arm64:macos=14.0")) == "aarch64-apple-darwin:14.0"
    assert uv_platform(KNOWN["linux-riscv64"]) is None
