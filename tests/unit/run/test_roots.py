"""Which directory stands in for the target's own, and which Python is in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.model.platform import Platform
from ckpm.run.emulation import emulated, require_loader, with_named_root
from ckpm.run.interpreters import PythonPart, find_interpreter, minors_of

ARM64, NATIVE = (known_platforms()[name] for name in ("linux-arm64", "linux-x86_64"))


def root(directory: Path, *files: str) -> Path:
    for name in files:
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("ELF /lib/ld-linux-aarch64.so.1")
    return directory


def with_roots(*roots: Path) -> Platform:
    return replace(ARM64, sysroots=tuple(map(str, roots)))


def used(target: Platform, tmp_path: Path, interpreter: Path | None = None) -> dict[str, Path]:
    """Return what lies in the root that programs see, and as what the library path names it."""
    (tmp_path / "qemu-aarch64-static").symlink_to("/bin/true")
    part = PythonPart(root(tmp_path / "part", "lib/x"), interpreter) if interpreter else None
    environ, cache = {"PATH": str(tmp_path)}, tmp_path / "cache"
    with emulated(target, [], environ, cache, native=NATIVE, python=part) as emulation:
        place = Path(emulation.command[2])
        links = {path.name: path.resolve() for path in place.iterdir() if path.is_symlink()}
        return {**links, "path": Path(emulation.command[4].removeprefix("LD_LIBRARY_PATH="))}


def test_libraries_of_two_roots_are_not_mixed(tmp_path: Path) -> None:
    one, two = (root(tmp_path / name, "lib/ld-linux-aarch64.so.1") for name in ("one", "two"))
    assert used(with_roots(one, two), tmp_path)["path"] == one / "lib"


def test_a_root_without_a_loader_comes_last(tmp_path: Path) -> None:
    bare = root(tmp_path / "a", "lib/libz.so")
    whole = root(tmp_path / "b", "lib/ld-linux-aarch64.so.1")
    assert used(with_roots(bare, whole), tmp_path)["lib"] == whole / "lib"


def test_an_interpreter_brings_its_own_root(tmp_path: Path) -> None:
    one = root(tmp_path / "one", "lib/ld-linux-aarch64.so.1")
    two = root(tmp_path / "two", "lib/ld-linux-aarch64.so.1", "usr/bin/python3.11")
    found = used(with_roots(one, two), tmp_path, two / "usr" / "bin" / "python3.11")
    assert (found["lib"], found["usr"]) == (two / "lib", two / "usr")


def test_unpacked_packages_may_lack_the_link_to_usr(tmp_path: Path) -> None:
    merged = root(tmp_path / "merged", "usr/lib/ld-linux-aarch64.so.1", "program")
    assert used(with_roots(merged), tmp_path)["lib"] == merged / "usr" / "lib"
    require_loader(merged / "program", with_roots(merged))


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        (["lib/ld-linux-aarch64.so.1"], True),
        (["usr/lib/ld-linux-aarch64.so.1"], True),
        (["lib64/ld-linux-x86-64.so.2"], False),
    ],
)
def test_a_named_root_counts_if_it_is_the_targets(
    files: list[str], tmp_path: Path, *, counts: bool
) -> None:
    named = root(tmp_path / "named", *files)
    found = with_named_root(ARM64, {"QEMU_LD_PREFIX": str(named)})
    assert found.sysroots == ((str(named), *ARM64.sysroots) if counts else ARM64.sysroots)


@pytest.mark.parametrize("place", ["usr/bin", "usr/local/bin", "bin"])
def test_an_interpreter_is_found_where_systems_have_it(place: str, tmp_path: Path) -> None:
    there = root(tmp_path / "there", f"{place}/python3.13", f"{place}/python3.13-config")
    assert find_interpreter([tmp_path / "gone", there], "3.13") == there / place / "python3.13"
    assert find_interpreter([there], "3.1") is None
    assert list(minors_of(there)) == ["3.13"]
