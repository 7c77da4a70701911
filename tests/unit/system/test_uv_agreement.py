"""A closure holds what was asked, or it is no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpm.errors import IntegrityError
from ckpm.model.lock import Closure, Distribution
from ckpm.system.uv_agreement import refuse_other, refuse_unheld, unheld_lines


def closure(*names: str) -> tuple[Distribution, ...]:
    return tuple(Distribution(*name.split(), ()) for name in names)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "got"),
    [
        ("einops==0.8.0", "einops 0.8.0"),
        ("einops==0.8", "einops 0.8.0"),
        ("Ruamel.Yaml==1", "ruamel-yaml 1"),
        ("ruamel_yaml[a,b]==1", "ruamel.yaml 1"),
        ("torch==2.4.0", "torch 2.4.0+cpu"),
        ("torch==2.4.0+cpu", "torch 2.4.0+cpu"),
        ("a==2.0rc1", "a 2.0rc1"),
        ("a>=1", "a 2.0rc1"),
        ("a", "a 7"),
        ("a>=1,<2", "a 1.9"),
        ("a==1!2", "a 1!2.0"),
    ],
)
def test_a_line_that_is_held(line: str, got: str) -> None:
    assert unheld_lines(closure(got, "more 1"), [line], []) == []


@pytest.mark.parametrize(
    ("line", "got"),
    [
        ("einops==0.8.0", "einops 0.6.0"),
        ("einops==0.8.0", "einops 0.8.0.post1"),
        ("torch==2.4.0+cu121", "torch 2.4.0+cpu"),
        ("torch==2.4.0+cpu", "torch 2.4.0"),
        ("a[x]==1", "a 2"),
        ("a>=1,<2", "a 2"),
        ("a==2", "a 2rc1"),
        ("a==2", "a what?"),
    ],
)
def test_a_line_that_is_not_held(line: str, got: str) -> None:
    assert unheld_lines(closure(got, "more 1"), [line], []) == [(line, got)]
    assert unheld_lines(closure(got, "more 1"), [], [line]) == [(line, got)]


def test_what_is_missing_is_not_held_unless_it_is_a_constraint() -> None:
    assert unheld_lines(closure("b 1"), ["a==1"], []) == [("a==1", "nothing")]
    assert unheld_lines(closure("b 1"), [], ["a==1"]) == []


def test_the_error_names_what_became_of_what() -> None:
    with pytest.raises(IntegrityError) as caught:
        refuse_unheld(closure("einops 0.6.0"), ["einops==0.8.0", "numpy==2"], [])
    assert "`einops==0.8.0` became einops 0.6.0" in caught.value.message
    assert "`numpy==2` became nothing" in caught.value.message
    assert caught.value.exit_code == 5


def laid_out(tmp_path: Path, *directories: str, stated: str = "") -> Path:
    for name in directories:
        place = tmp_path / "lib" / "python3.11" / "site-packages" / f"{name}.dist-info"
        place.mkdir(parents=True)
        if stated:
            text = "Name: {}\nVersion: {}\n\nName: no\n".format(*stated.split())
            (place / "METADATA").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("directory", "stated", "locked"),
    [
        ("einops-0.8.0", "", "einops 0.8.0"),
        ("Ruamel.Yaml-1", "", "ruamel-yaml 1"),
        ("a_b-1.0", "", "a-b 1.0.0"),
        ("torch-2.4.0+cpu", "", "torch 2.4.0+cpu"),
        ("odd_name", "odd-name 1", "odd-name 1"),
        ("odd-1_local", "odd 1+local", "odd 1+local"),
    ],
)
def test_what_is_locked_is_found(tmp_path: Path, directory: str, stated: str, locked: str) -> None:
    venv = laid_out(tmp_path, directory, stated=stated)
    refuse_other(venv, Closure("", "3.11", (), closure(locked)))


@pytest.mark.parametrize(
    ("directories", "fault"),
    [
        (["a-2"], "it has no a 1\n  it has a 2"),
        ([], "it has no a 1"),
        (["a-1", "b-1"], "it has b 1"),
        (["a-1", "a-2"], "it has a 2"),
        (["a-1+local"], "it has no a 1\n  it has a 1+local"),
    ],
)
def test_another_is_refused(tmp_path: Path, directories: list[str], fault: str) -> None:
    venv = laid_out(tmp_path, *directories)
    with pytest.raises(IntegrityError) as caught:
        refuse_other(venv, Closure("", "3.11", (), closure("a 1")))
    assert caught.value.message == f"what uv installed is not what is locked\n  {fault}"
