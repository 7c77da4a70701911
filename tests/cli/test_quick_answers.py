"""What the fast path may cost, and that it leaves what goes wrong to the whole program."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from ckpm.cli import fast

HEAVY = {"argparse", "ckpm.model", "packaging", "re", "typing", "yaml"}
# Without `site`, which imports what it likes.
QUICKLY = (
    "import sys; sys.path += {path}; from ckpm.cli.fast import answer; code = answer({arguments}); "
    "sys.stdout.write(f'\\n{{code}} ' + ' '.join({heavy} & set(sys.modules)))"
)


def answered(project: Any, *arguments: str) -> tuple[str, str, list[str]]:
    """Return what the fast path prints, its code, and what of the heavy modules it imported."""
    script = QUICKLY.format(path=sys.path, arguments=list(arguments), heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=project.directory, env=project.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, _, end = done.stdout.rpartition("\n")
    code, *imported = end.split()
    return said, code, imported


@pytest.fixture
def photos(methods: Any) -> Any:
    """The project, with an environment that is installed."""
    assert methods.ckpm("install", "photos").returncode == 0
    return methods


def test_stepping_in_imports_next_to_nothing(photos: Any) -> None:
    for shell in ("bash", "ksh", "mksh", "ash", "fish", "pwsh"):
        said, code, imported = answered(photos, "activate", "--shell", shell)
        assert (code, imported) == ("0", []), shell
        assert photos.environ["CKPM_STORE"] in said


def test_an_unknown_shell_is_for_the_whole_program(photos: Any) -> None:
    for shell in ("tcsh", "csh", "nu", "nushell", "xonsh", "elvish", "a b"):
        assert answered(photos, "activate", "--shell", shell)[:2] == ("", "None")
        done = photos.ckpm("activate", "--shell", shell)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: unknown shell `{shell}`\nhint: known shells: sh, ")


def test_whatever_fails_is_for_the_whole_program(photos: Any) -> None:
    assert answered(photos, "install", "photos")[1] == "0"
    for done in photos.directory.parent.rglob(fast.DONE):
        done.write_text("[" * 200_000)
    assert answered(photos, "install", "photos")[1] == "None"


def test_a_machine_without_uname_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "uname")
    monkeypatch.setenv("PROCESSOR_ARCHITECTURE", "ARM64")
    assert fast.native_link() == "native-Windows-ARM64"
