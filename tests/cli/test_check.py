"""``ckpm check``: environments and plain files, with exit codes that a build can use."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.system.native import native_platform

NATIVE = native_platform(known_platforms()).name
COMPILER = "aarch64-linux-gnu-gcc"

pytestmark = pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"there is no {COMPILER}")


def library(place: Path, *flags: str) -> bytes:
    place.parent.mkdir(parents=True, exist_ok=True)
    source = place.with_suffix(".c")
    source.write_text("int f(void) { return 1; }")
    argv = [COMPILER, "-shared", "-fPIC", str(source), "-o", str(place), *flags]
    subprocess.run(argv, check=True)
    return place.read_bytes()


@pytest.fixture
def installed(project: Any, pack: Any, tmp_path: Path) -> Any:
    """An environment for linux-arm64 with one library that its machine cannot find."""
    library(tmp_path / "out" / "libgone.so", "-Wl,-soname,libgone.so")
    flags = (f"-L{tmp_path}/out", "-Wl,--no-as-needed", "-lgone", "-Wl,-rpath,/opt/x")
    content = library(tmp_path / "out" / "liba.so", *flags)
    source = project.archive("a.tar", pack({"lib/liba.so": content, "lib/readme": b"text"}))
    project.recipe("thing", source, kind="library")
    done = project.ckpm("install", "thing", "--target", "linux-arm64")
    assert done.returncode == 0, done.stderr
    return project


def test_an_environment_is_judged_package_by_package(installed: Any) -> None:
    done = installed.ckpm("check", "--target", "linux-arm64")
    assert done.returncode == 0, done.stderr
    package, *findings = done.stdout.splitlines()[1:]
    assert package.split() == ["thing", "prebuilt,", "from", "archive", "1", "2", "warnings"]
    assert [line.strip().partition(":")[0] for line in findings if line.startswith("  ")] == [
        "warning",
        "hint",
        "warning",
        "hint",
    ]
    assert done.stderr == "1 compiled file for linux-arm64: 0 errors, 2 warnings\n"


def test_the_same_as_a_document(installed: Any) -> None:
    done = installed.ckpm("check", "--target", "linux-arm64", "--json")
    document = json.loads(done.stdout)
    assert (document["command"], document["ok"], done.stderr) == ("check", True, "")
    [package] = document["result"]["packages"]
    assert (package["package"], package["compiled"]) == ("thing", 1)
    assert [found["rule"] for found in package["findings"]][:2] == ["needed", "paths"]


def test_what_will_not_run_there_fails(project: Any, tmp_path: Path) -> None:
    library(tmp_path / "out" / "liba.so")
    place = str(tmp_path / "out" / "liba.so")
    assert project.ckpm("check", place, "--target", "linux-arm64").returncode == 0
    done = project.ckpm("check", place, "--target", "linux-riscv64")
    assert (done.returncode, "1 error" in done.stdout) == (6, True)
    done = project.ckpm("check", place, "--target", "linux-riscv64", "--json")
    assert (done.returncode, json.loads(done.stdout)["result"]["target"]) == (6, "linux-riscv64")


def test_built_here_is_held_to_more(project: Any, tmp_path: Path) -> None:
    library(tmp_path / "out" / "liba.so", f"-Wl,-rpath,{project.environ['HOME']}/lib")
    place = str(tmp_path / "out")
    assert project.ckpm("check", place, "--target", "linux-arm64").returncode == 0
    done = project.ckpm("check", place, "--built", "--target", "linux-arm64")
    assert (done.returncode, "where it was built" in done.stdout) == (6, True)


def test_many_alike_are_told_briefly(project: Any, tmp_path: Path) -> None:
    content = library(tmp_path / "out" / "lib0.so")
    for number in range(1, 9):
        (tmp_path / "out" / f"lib{number}.so").write_bytes(content)
    place = str(tmp_path / "out")
    done = project.ckpm("check", place, "--target", "linux-x86_64")
    assert done.stdout.count("  error: ") == 4
    assert "  error: 6 more like it" in done.stdout
    done = project.ckpm("check", place, "--target", "linux-x86_64", "--all")
    assert done.stdout.count("  error: ") == 9


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 4, "there is no `nowhere`"),
        (["/dev/null"], 2, "is neither a file nor a directory"),
        (["-e", "demo", "."], 2, "not both"),
        (["--built"], 2, "`--built` is for paths"),
        (["--target", "amiga"], 2, "there is no target `amiga`"),
        ([], 4, f"the environment `demo` is not installed for {NATIVE}"),
    ],
)
def test_what_makes_no_sense(project: Any, arguments: list[str], code: int, said: str) -> None:
    done = project.ckpm("check", *arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_a_damaged_file_is_a_finding(project: Any) -> None:
    (project.directory / "liba.so").write_bytes(b"\x7fELF\x02\x01")
    done = project.ckpm("check", "liba.so", "--built")
    assert (done.returncode, "cannot be read: it ends at byte 6" in done.stdout) == (6, True)
