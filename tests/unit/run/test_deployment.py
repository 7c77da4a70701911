"""Deployments: their variables in every shell, what fits what, and how they get there."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from devices.here import device_here

from ckpm.config.platforms import known_platforms
from ckpm.errors import IntegrityError
from ckpm.model.environment import AppendPath, PrependPath, SetVar, UnsetVar
from ckpm.model.platform import parse_target
from ckpm.run.deploy import Deployment, compare, push
from ckpm.run.deploy.fitting import misfit
from ckpm.run.deploy.variables import ROOT, activation, moved
from ckpm.system.devices import DeviceError
from ckpm.system.devices.trees import text_file
from ckpm.system.report import SilentReporter

SHELLS = [("dash",), ("bash",), ("mksh",), ("busybox", "sh"), ("zsh", "--emulate", "sh")]
VALUE = 'it\'s $HOME; `id` \\ "q" é'
CHANGES = (
    SetVar("A_ROOT", f"{ROOT}/packages/a b"),
    SetVar("A_MODE", VALUE),
    SetVar("A_EMPTY", ""),
    SetVar("A_FLAGS", f"-I{ROOT}/include -L{ROOT}/lib"),
    UnsetVar("GONE"),
    PrependPath("LIBS", f"{ROOT}/lib"),
    AppendPath("LIBS", f"{ROOT}/more"),
    PrependPath("PATH", f"{ROOT}/bin"),
)


def variables(shell: tuple[str, ...], line: str, cwd: Path) -> dict[str, str]:
    if not shutil.which(shell[0]):
        pytest.skip(f"there is no {shell[0]}")
    told = subprocess.run(
        [*shell, "-c", f"{line} && env"], cwd=cwd, env={"PATH": os.environ["PATH"], "GONE": "1"},
        stdout=subprocess.PIPE, text=True, timeout=30, check=True,
    ).stdout  # fmt: skip
    return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)


def script_in(directory: Path) -> Path:
    place = directory / "it's a $place"
    place.mkdir()
    (place / "manifest.json").write_text("{}")
    (place / "activate.sh").write_text(activation(CHANGES))
    return place


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_the_script_sets_the_variables_where_it_lies(
    tmp_path: Path, shell: tuple[str, ...]
) -> None:
    place = script_in(tmp_path)
    found = variables(shell, "set -eu; . ./activate.sh", place)
    assert found["A_ROOT"] == f"{place}/packages/a b"
    assert found["A_MODE"] == VALUE
    assert found["A_EMPTY"] == ""
    assert found["A_FLAGS"] == f"-I{place}/include -L{place}/lib"
    assert found["LIBS"] == f"{place}/lib:{place}/more"
    assert found["PATH"] == f"{place}/bin:{os.environ['PATH']}"
    assert not {"GONE", "_ckpm_root"} & set(found)


def test_bash_may_be_elsewhere_and_others_are_told(tmp_path: Path) -> None:
    place = script_in(tmp_path)
    found = variables(
        ("bash",), f'. "{place.name.replace("$", chr(92) + "$")}/activate.sh"', tmp_path
    )
    assert found["A_ROOT"] == f"{place}/packages/a b"
    line = f'. "../{place.name.replace("$", chr(92) + "$")}/activate.sh" || echo refused'
    (tmp_path / "other").mkdir()
    told = subprocess.run(
        ["dash", "-c", line], cwd=tmp_path / "other", capture_output=True,
        text=True, timeout=30, check=True,
    )  # fmt: skip
    assert told.stdout == "refused\n"
    assert "source ./activate.sh there" in told.stderr


def test_paths_of_this_machine_stay_here() -> None:
    changes = (
        SetVar("A", "/store/envs/e/t/1/packages/a"),
        SetVar("B", "/store/envs/e/t/12/packages/a"),
        SetVar("C", "/usr/bin/python3"),
        SetVar("D", "https://example.org/"),
        PrependPath("PATH", "/store/envs/e/t/1"),
        UnsetVar("E"),
    )
    kept, left = moved(changes, "/store/envs/e/t/1")
    assert kept == (
        SetVar("A", f"{ROOT}/packages/a"),
        SetVar("D", "https://example.org/"),
        PrependPath("PATH", ROOT),
        UnsetVar("E"),
    )
    assert left == ("B", "C")


@pytest.mark.parametrize(
    ("made_for", "device", "reason"),
    [
        ("linux-arm64:glibc=2.31", "linux-arm64:glibc=2.36", None),
        ("linux-arm64:glibc=2.36", "linux-arm64:glibc=2.36", None),
        ("linux-arm64:glibc=2.36", "linux-arm64:glibc=2.9", "it has glibc 2.9, and this may"),
        ("linux-arm64", "linux-armv7", "it is linux-armv7, and this is made for linux-arm64"),
        ("linux-arm64", "android-arm64", "it is android-arm64, and this is made for linux-arm64"),
        ("linux-arm64", "linux-arm64-musl:musl=1.2.4", "its C library is musl"),
        ("linux-arm64-musl", "linux-arm64:glibc=2.36", "its C library is glibc"),
        ("android-arm64:api=28", "android-arm64:api=34", None),
        ("android-arm64:api=28", "android-arm64:api=9", "it has Android API level 9"),
    ],
)
def test_devices_fit_or_not(made_for: str, device: str, reason: str | None) -> None:
    known = known_platforms()
    native = known["linux-x86_64"]
    told = misfit(parse_target(made_for, known, native), parse_target(device, known, native))
    assert (told or "").startswith(reason or "")
    assert (told is None) == (reason is None)


def deployment(**files: str) -> Deployment:
    sent = [text_file(name.replace("_", "/"), text) for name, text in files.items()]
    return Deployment("e", "t", (*sent, text_file("manifest.json", repr(sorted(files.items())))))


def bring(root: Path, wanted: Deployment) -> int:
    """Push what differs; return how many files that was."""
    device = device_here()
    difference = compare(device, str(root), wanted)
    push(device, str(root), wanted, difference, SilentReporter())
    return len(difference.missing)


def texts(root: Path) -> dict[str, str]:
    paths = (p for p in root.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def test_a_new_deployment_replaces_the_old_as_a_whole(tmp_path: Path) -> None:
    root = tmp_path / "it's"
    assert bring(root, deployment(a="1", b_c="2", d="3")) == 4
    assert bring(root, deployment(a="1", b_c="new")) == 2
    assert texts(root) == {"a": "1", "b/c": "new"}
    assert [path.name for path in tmp_path.iterdir()] == [root.name]


def test_a_file_may_become_a_directory_in_what_is_left_of_an_attempt(tmp_path: Path) -> None:
    root, incoming = tmp_path / "x", tmp_path / "x.incoming"
    (incoming / "b").mkdir(parents=True)
    (incoming / "b" / "old").write_text("half")
    (incoming / "a").write_text("1")
    assert bring(root, deployment(a="1", b="2")) == 2
    assert texts(root) == {"a": "1", "b": "2"}
    assert not incoming.exists()


def test_a_publication_that_was_interrupted_is_mended(tmp_path: Path) -> None:
    root = tmp_path / "x"
    bring(root, deployment(a="1", b="2"))
    root.rename(tmp_path / "x.previous")
    assert bring(root, deployment(a="1", b="3")) == 2
    assert texts(root) == {"a": "1", "b": "3"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_file_becomes_a_program_without_being_sent(tmp_path: Path) -> None:
    bring(tmp_path / "x", deployment(a="1"))
    wanted = deployment(a="1")
    program = replace(wanted.files[0], is_program=True)
    again = replace(wanted, files=(program, text_file("manifest.json", "a is a program")))
    assert bring(tmp_path / "x", again) == 1
    assert os.access(tmp_path / "x" / "a", os.X_OK)


def test_another_directory_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert bring(tmp_path / "x", deployment(a="1")) == 2
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "mine").write_text("1")
    with pytest.raises(DeviceError, match="holds something else"):
        compare(device_here(), str(tmp_path / "y"), deployment(a="1"))


def test_damage_on_the_way_is_found_before_publication(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    tar = shutil.which("tar")
    (programs / "tar").write_text(f'#!/bin/sh\n{tar} "$@" && echo damage >a\n')
    (programs / "tar").chmod(0o755)
    device, root, wanted = device_here(programs=programs), str(tmp_path / "x"), deployment(a="1")
    with pytest.raises(IntegrityError, match="1 files arrived on here damaged: `a`"):
        push(device, root, wanted, compare(device, root, wanted), SilentReporter())
    assert not (tmp_path / "x").exists()
    assert bring(tmp_path / "x", wanted) == 1
