"""What a person registers is found first, and is told of when it has gone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = "#!/bin/sh\necho 'cmake version 3.30.1'\n"


class Cli:
    """ckpm with everything of its own below one directory."""

    def __init__(self, top: Path) -> None:
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(top),
            "CKPM_STORE": f"{top}/store",
            "CKPM_CACHE": f"{top}/cache",
            "CKPM_CONFIG": f"{top}/config",
        }
        self.top = top

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ckpm", *arguments],
            env=self.environ,
            cwd=self.top,
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["result"]


@pytest.fixture
def ckpm(tmp_path: Path) -> Cli:
    tool = tmp_path / "site" / "bin" / "cmake"
    tool.parent.mkdir(parents=True)
    tool.write_text(SCRIPT)
    tool.chmod(0o755)
    return Cli(tmp_path)


def test_a_detector_tells_what_is_registered(ckpm: Cli, tmp_path: Path) -> None:
    ckpm.json("register", "cmake", "--prefix", "site")
    first = ckpm.json("detect", "cmake")[0]
    assert (first["version"], first["prefix"]) == ("3.30.1", f"{tmp_path}/site")
    assert first["owner"]["manager"] == "ckpm register"


def test_what_no_detector_knows_is_stated_and_can_be_needed(ckpm: Cli, tmp_path: Path) -> None:
    (tmp_path / "sdk").mkdir()
    options = ("--version", "4.2", "--can", "link,develop", "--option", "accel=npu")
    ckpm.json("register", "vendor-sdk", "--prefix", "sdk", *options)
    [found] = ckpm.json("detect", "vendor-sdk")
    assert (found["version"], found["abilities"]) == ("4.2", ["link", "develop"])
    assert found["options"] == {"accel": "npu"}
    [chosen] = ckpm.json("resolve", "vendor-sdk>=4")["packages"]
    assert (chosen["name"], chosen["version"]) == ("vendor-sdk", "4.2")


def test_what_has_gone_is_told_and_can_be_forgotten(ckpm: Cli, tmp_path: Path) -> None:
    ckpm.json("register", "cmake", "--prefix", "site")
    (tmp_path / "site").rename(tmp_path / "moved")
    done = ckpm("detect", "cmake")
    assert f"`cmake` is registered at `{tmp_path}/site`, which is not there" in done.stderr
    assert "3.30.1" not in done.stdout
    ckpm.json("register", "cmake", "--remove")
    assert ckpm.json("register", "--list") == []
    assert "is registered" not in ckpm("detect", "cmake").stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "which package?"),
        (["cmake"], 2, "where is it?"),
        (["cmake", "--prefix", "nowhere"], 4, "there is no"),
        (["git", "--prefix", "site"], 4, "no detector finds `git` in"),
        (["Bad Name", "--prefix", "site", "--version", "1"], 2, "a lower-case name"),
        (["x", "--prefix", "site", "--version", "1", "--can", "fly"], 2, "`fly` is no ability"),
        (["x", "--prefix", "site", "--version", "1", "--option", "y"], 2, "`y` is no option"),
        (["x", "--remove"], 4, "`x` is not registered"),
    ],
)
def test_bad_input_is_told_and_nothing_is_registered(
    ckpm: Cli, arguments: list[str], code: int, words: str
) -> None:
    done = ckpm("register", *arguments)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert ckpm.json("register", "--list") == []


@pytest.mark.parametrize("text", ["{", "[7]", '[{"package": "x"}]', "[" * 9999, '{"a": 1}'])
def test_a_damaged_register_is_an_error_with_the_files_name(
    ckpm: Cli, tmp_path: Path, text: str
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "registered.json").write_text(text)
    done = ckpm("detect", "cmake")
    assert done.returncode == 2
    assert "registered.json: is not what `ckpm register` writes" in done.stderr
