"""Programs and sub-shells see what activation sets."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ckpm.errors import NotFoundError
from ckpm.model.environment import PrependPath, SetVar, UnsetVar
from ckpm.run import environment_for, find_program, subshell

CHANGES = (SetVar("TOOL", "it's"), UnsetVar("GONE"), PrependPath("LIBS", "/env/lib"))
USER = {"PATH": "/usr/bin:/bin", "GONE": "here", "LIBS": "/l1::/l2"}


def test_a_subshell_sees_what_an_activated_shell_exports(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, *CHANGES)
    [activated] = shell.dumps([shell.activate(demo), "DUMP"], USER)
    argv, environ = subshell(shell.argv[0], USER, demo.all_changes)
    assert argv == [shell.argv[0]]
    assert environ.items() <= activated.items()
    assert "GONE" not in environ


def test_finds_a_program_in_the_environment_first(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tool").write_text("#!/bin/sh\n")
        (tmp_path / name / "tool").chmod(0o755)
    user = {"PATH": str(tmp_path / "second")}
    assert find_program("tool", user) == str(tmp_path / "second" / "tool")
    environ = environment_for([PrependPath("PATH", str(tmp_path / "first"))], user)
    assert find_program("tool", environ) == str(tmp_path / "first" / "tool")
    subprocess.run([find_program("tool", environ)], env=environ, check=True)


@pytest.mark.parametrize("environ", [{}, {"PATH": ""}, {"PATH": ":"}, {"PATH": "/nonexistent"}])
def test_looks_neither_in_our_own_path_nor_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "here").write_text("#!/bin/sh\n")
    (tmp_path / "here").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for name in ("sh", "here"):
        with pytest.raises(NotFoundError, match=f"no program `{name}`") as caught:
            find_program(name, environ)
        assert caught.value.hints == (f"find a package that has it with `ckpm search {name}`",)


def test_a_path_that_names_no_program_is_no_search(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        find_program(str(tmp_path / "tool"), USER)
    assert "may be executed" in caught.value.hints[0]
