"""Which change of a file ends trust in a project; the cases are data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.config.trust import Trust
from ckpm.errors import ContentError, UntrustedError
from ckpm.model.request import Place

CASES = Path(__file__).parents[2] / "cases" / "strangers" / "changes.yaml"
FILES = {
    "ckpm.yaml": """\
name: demo
packages:
  mine: {kind: program, from: file, path: code}
workflows:
  hello:
    steps: [{run: [python3, hello.py]}, {run: [python3, -m, tools.more]}]
""",
    "ckpm.lock": "x",
    "hello.py": "import helper",
    "helper.py": "",
    "tools/more.py": "",
    "code/main.py": "",
    ".ckpm/detectors/x.yaml": "",
    ".ckpm/recipes/x/step.py": "",
    ".ckpm/recipes/x/__pycache__/helper.cpython-311.pyc": "",
    "beside/step.py": "",
    "notes.md": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "demo"
    for name, text in FILES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    (directory / ".ckpm" / "linked").symlink_to("../beside")
    return directory


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return Trust(tmp_path / "config" / "trusted.json")


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text()), ids=lambda case: case["case"])
def test_what_ends_trust(project: Path, trust: Trust, case: dict[str, Any]) -> None:
    trust.give(project)
    assert trust.covers(project)
    file = project / case["file"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# changed")
    assert trust.covers(project) is not case["asks"]
    if case["asks"]:
        with pytest.raises(UntrustedError) as told:
            trust.require(project, "running it")
        assert case.get("names", case["file"]) in told.value.hints[0]


GONE = ["hello.py", "helper.py", ".ckpm/recipes/x/step.py", "ckpm.lock"]


@pytest.mark.parametrize("name", GONE)
def test_what_goes_ends_it_too(project: Path, trust: Trust, name: str) -> None:
    trust.give(project)
    (project / name).unlink()
    assert not trust.covers(project)


LINKED: dict[str, Callable[[Path, Path], None]] = {
    "another directory": lambda link, outside: link.symlink_to("../tools"),
    "a file": lambda link, outside: link.symlink_to("../notes.md"),
    "out of the project": lambda link, outside: link.symlink_to(outside),
    "nowhere": lambda link, outside: link.symlink_to("nothing"),
}


@pytest.mark.parametrize("change", LINKED.values(), ids=LINKED.keys())
def test_a_link_that_leads_elsewhere_ends_it(
    project: Path, trust: Trust, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    trust.give(project)
    link = project / ".ckpm" / "linked"
    link.unlink()
    change(link, tmp_path / "config")
    with pytest.raises(UntrustedError):
        trust.require(project, "running it")


def test_links_in_a_circle_end(project: Path, trust: Trust) -> None:
    (project / ".ckpm" / "round").symlink_to(".")
    (project / ".ckpm" / "up").symlink_to("..")
    trust.give(project)
    assert trust.covers(project)


def test_trust_in_one_directory_is_none_in_another(project: Path, trust: Trust) -> None:
    import shutil

    trust.give(project)
    copy = project.with_name("copy")
    shutil.copytree(project, copy, symlinks=True)
    assert not trust.covers(copy)
    project.rename(project.with_name("moved"))
    copy.rename(project)
    # The same files at the same place: nothing else would run.
    assert trust.covers(project)


@pytest.mark.parametrize("text", ['{"X": 3}', '{"X": [1]}', '{"X": "yes"}', "{}"])
def test_an_entry_that_says_nothing_trusts_nothing(project: Path, trust: Trust, text: str) -> None:
    trust.register.parent.mkdir()
    trust.register.write_text(text.replace("X", str(project)))
    assert not trust.covers(project)
    trust.give(project)
    assert trust.covers(project)


@pytest.mark.parametrize("text", ["", "[]", "{", "3", "[" * 100_000])
def test_a_damaged_register_is_told_and_kept(project: Path, trust: Trust, text: str) -> None:
    trust.register.parent.mkdir()
    trust.register.write_text(text)
    for ask in (trust.covers, trust.give):
        with pytest.raises(ContentError, match=r"trusted\.json:1"):
            ask(project)
    assert trust.register.read_text() == text


RUNS = {
    "a list for cmake": "src/CMakeLists.txt",
    "a makefile": "mk/Makefile",
    "a package of npm": "package.json",
    "tests": "tests/test_x.py",
    "what a script reads": "lib/env.inc",
    "a module of perl": "Foo.pm",
    "without a suffix": "scripts/run-it",
    "hidden": ".vendor/x/y.py",
    "a header": "include/x.hh",
    "a library with a version": "lib/libx.so.1",
    "an archive": "x.zip",
}


@pytest.mark.parametrize("name", RUNS.values(), ids=RUNS.keys())
@pytest.mark.parametrize("before", [True, False])
def test_whatever_a_tool_may_read_counts(
    project: Path,
    trust: Trust,
    name: str,
    before: bool,  # noqa: FBT001
) -> None:
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if before:
        file.write_text("one")
    trust.give(project)
    file.write_text("another")
    assert not trust.covers(project)


def place_of(project: Path) -> Place:
    files = (project / "ckpm.yaml", project / "ckpm.lock")
    return Place("demo", "demo", *files, is_project=True, project=project)


def test_what_a_run_leaves_in_its_results_ends_no_trust(project: Path, trust: Trust) -> None:
    output = project / "hello-results"
    trust.give(project)
    for text in ("1", "2"):
        output.mkdir(exist_ok=True)
        for name in ("index.html", "weights.pt", "detections.json"):
            (output / name).write_text(text)
        assert not trust.covers(project)
        trust.take(place_of(project), output)
        assert trust.covers(project)
    (output / "evil.py").write_text("2")
    assert not trust.covers(project)


def test_a_run_takes_nothing_beside_its_results(project: Path, trust: Trust) -> None:
    trust.give(project)
    (project / "hello-results").mkdir()
    (project / "hello.py").write_text("changed meanwhile")
    trust.take(place_of(project), project / "hello-results")
    assert not trust.covers(project)
    trust.take(place_of(project), project)
    trust.take(place_of(project), project.parent)


LINKS = {"lib2": "shared/lib", ".git-lib": ".git/lib", "run.py": ".mypy_cache/run.py"}


@pytest.mark.parametrize("name", LINKS)
def test_links_to_where_nobody_looks(
    project: Path, trust: Trust, tmp_path: Path, name: str
) -> None:
    inside = project / ".git" / "lib"
    inside.mkdir(parents=True)
    (project / ".mypy_cache").mkdir()
    (project / ".mypy_cache" / "run.py").write_text("import helper")
    (tmp_path / "shared" / "lib").mkdir(parents=True)
    outside = tmp_path if name == "lib2" else project
    (project / name).symlink_to(outside / LINKS[name])
    with pytest.raises(UntrustedError, match="link out of the project"):
        trust.give(project)


def test_a_program_of_the_machine_may_be_linked(project: Path, trust: Trust) -> None:
    (project / "venv").mkdir()
    (project / "venv" / "python").symlink_to("/bin/sh")
    trust.give(project)
    assert trust.covers(project)
    (project / "venv" / "python").unlink()
    (project / "venv" / "python").symlink_to("/bin/cat")
    assert not trust.covers(project)


def test_compiled_python_that_is_run_unchecked_counts(project: Path, trust: Trust) -> None:
    import py_compile

    trust.give(project)
    cache = project / "__pycache__"
    for mode in py_compile.PycInvalidationMode:
        target = cache / f"{mode.name}.pyc"
        py_compile.compile(str(project / "helper.py"), str(target), invalidation_mode=mode)
        assert trust.covers(project) is (mode.name != "UNCHECKED_HASH")
        target.unlink()


@pytest.mark.parametrize("place", ["", ".ckpm"])
def test_links_that_lead_to_themselves(project: Path, trust: Trust, place: str) -> None:
    (project / place / "self").symlink_to("self")
    try:
        trust.give(project)
    except UntrustedError:
        return
    assert trust.covers(project)


def test_a_link_that_turns_to_another_directory_of_the_content(project: Path, trust: Trust) -> None:
    for name in ("one", "two"):
        (project / ".ckpm" / name).mkdir()
        (project / ".ckpm" / name / "step.py").write_text(name)
    link = project / ".ckpm" / "now"
    link.symlink_to("one")
    trust.give(project)
    link.unlink()
    link.symlink_to("two")
    assert not trust.covers(project)


ODD = "workflows: {hello: {steps: [{run: [sh, run.png]}, {run: [sh, -c, '. ./env.md; x']}]}}\n"


@pytest.mark.parametrize("name", ["run.png", "env.md", "deep/run.png"])
@pytest.mark.parametrize("before", [True, False])
def test_a_picture_that_is_run_is_none(
    project: Path,
    trust: Trust,
    name: str,
    before: bool,  # noqa: FBT001
) -> None:
    (project / "ckpm.yaml").write_text(f"name: demo\n{ODD}")
    (project / name).parent.mkdir(exist_ok=True)
    if before:
        (project / name).write_text("one")
    trust.give(project)
    (project / name).write_text("another")
    assert not trust.covers(project)


def test_files_that_nobody_can_read_end_nothing_in_an_error(
    project: Path, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import socket

    (project / "gone").symlink_to("nothing")
    os.mkfifo(project / "pipe")
    (project / os.fsdecode(b"\xff.py")).write_text("x")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(project)
        listener.bind("listening")
        trust.give(project)
        assert trust.covers(project)
    (project / "gone").unlink()
    assert not trust.covers(project)
