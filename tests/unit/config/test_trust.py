"""Which change of a file ends trust in a project; the cases are data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.config.trust import Trust
from ckpm.errors import UntrustedError

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


@pytest.mark.parametrize("text", ["", "[]", "{", "3", '{"X": 3}', '{"X": [1]}', '{"X": "yes"}'])
def test_a_register_that_says_nothing_trusts_nothing(
    project: Path, trust: Trust, text: str
) -> None:
    trust.register.parent.mkdir()
    trust.register.write_text(text.replace("X", str(project)))
    assert not trust.covers(project)
    trust.give(project)
    assert trust.covers(project)
