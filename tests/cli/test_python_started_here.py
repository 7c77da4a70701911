"""A foreign target's Python is found or fetched, and started as deep as programs start it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign_python.downloads import MINOR, VERSION, archive_of, offer_python
from foreign_python.interpreter import COMPILER, EMULATOR, compiled_interpreter, root_with
from foreign_python.wheels import serve, wheel

from ckpm.config.platforms import DIRECTORY

TARGET = f"linux-arm64:python={MINOR}"
TAGS = "py3-none-any"


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if missing := [name for name in (COMPILER, EMULATOR) if not shutil.which(name)]:
        pytest.skip(f"{missing[0]}: not here")
    return compiled_interpreter(tmp_path_factory.mktemp("interpreter"))


@pytest.fixture
def machine(project: Any, behaviour: Any, interpreter: bytes) -> Any:
    """The project, where a Python part has programs, and nothing but uv knows a Python for it."""
    content = wheel("thing", TAGS, programs={"thing-native": interpreter})
    project.environ["PIP_INDEX_URL"] = serve(project.server, behaviour, "thing", {TAGS: content})
    project.recipe("thing", {"from": "pypi"}, kind="library", version_scheme="pep440")
    for name in (EMULATOR, "dirname", "realpath"):
        (Path(project.environ["PATH"]) / name).symlink_to(shutil.which(name) or name)
    offer_python(project, b"")
    return project


def run(project: Any, *steps: list[str], target: str = TARGET) -> Any:
    workflow = {"steps": [{"run": step} for step in steps]}
    document = {"name": "demo", "requires": ["thing"], "workflows": {"try": workflow}}
    (project.directory / "ckpm.yaml").write_text(yaml.safe_dump(document))
    assert project.ckpm("trust", ".").returncode == 0
    return project.ckpm("run", "try", "--target", target)


def said(done: Any) -> list[str]:
    """Return the lines of a run, with the interpreter's place cut down to its last three parts."""
    assert done.returncode == 0, done.stderr
    short = (
        " ".join("/".join(word.split("/")[-3:]) for word in line.split())
        for line in done.stdout.splitlines()
    )
    return list(short)


@pytest.fixture
def rooted(machine: Any, interpreter: bytes, tmp_path: Path) -> Any:
    """The machine with a root that a person names, in which the target's Python is."""
    machine.environ["QEMU_LD_PREFIX"] = str(root_with(tmp_path / "board", interpreter, MINOR))
    return machine


def test_the_root_that_a_person_names_has_python(rooted: Any) -> None:
    done = run(rooted, ["python", "detect.py"])
    assert said(done) == [f"aarch64 python/bin/python{MINOR} detect.py"]
    assert "this was linux-arm64 emulated here" in done.stderr
    assert "fetching" not in done.stderr


@pytest.mark.parametrize("name", ["python", "python3", f"python{MINOR}", "itself"])
def test_python_starts_python(rooted: Any, name: str) -> None:
    own = f"python/bin/python{MINOR}"
    started = run(rooted, ["python3", "start", name, "-m", "again"])
    assert said(started)[-1] == f"aarch64 {own} -m again"


@pytest.mark.parametrize("first", [[], ["python", "start"]])
def test_scripts_of_packages_start_by_it(rooted: Any, first: list[str]) -> None:
    line = said(run(rooted, [*first, "thing-script", "x"]))[-1]
    assert line == f"aarch64 python/bin/python{MINOR} python/bin/thing-script x"


@pytest.mark.parametrize("first", [[], ["python", "start"]])
def test_programs_of_packages_are_emulated(rooted: Any, first: list[str]) -> None:
    assert said(run(rooted, [*first, "thing-native", "x"]))[-1].endswith("bin/thing-native x")


def test_a_script_with_a_first_line_of_its_own(rooted: Any) -> None:
    script = rooted.directory / "own.py"
    script.write_text("#!/usr/bin/env python3\n")
    script.chmod(0o755)
    # `env` finds what is first on the search path.
    line = said(run(rooted, ["python", "start", str(script)]))[-1]
    assert line == f"aarch64 python/bin/python{MINOR} {'/'.join(script.parts[-3:])}"


def test_it_is_a_virtual_environment_of_the_targets_python(rooted: Any, tmp_path: Path) -> None:
    """What Python reads beside the name it is started by (PEP 405), as long as it runs."""
    kept = rooted.directory / "kept"
    script = rooted.directory / "copy.sh"
    script.write_text(
        "#!/bin/sh\nplace=$(command -v python)\nbin=${place%/*}\n"
        f'cat "$bin/../pyvenv.cfg" > "{kept}"\nls "$bin/../lib/python{MINOR}/site-packages"\n'
    )
    done = run(rooted, ["python", "--version"], ["sh", str(script)])
    assert "thing" in done.stdout.split()
    assert f"home = {tmp_path}/board/usr/bin\n" in kept.read_text()


def test_uv_fetches_it_once(machine: Any, interpreter: bytes) -> None:
    offer_python(machine, archive_of(interpreter))
    done = run(machine, ["python", "start", "itself", "x"])
    assert said(done)[-1] == f"aarch64 python/bin/python{MINOR} x"
    assert f"fetching Python {VERSION} for linux-arm64" in done.stderr
    again = run(machine, ["python", "x"])
    assert (again.returncode, "fetching" in again.stderr) == (0, False)


def test_a_script_of_a_package_has_it_fetched(machine: Any, interpreter: bytes) -> None:
    offer_python(machine, archive_of(interpreter))
    done = run(machine, ["thing-script", "x"])
    assert said(done)[-1] == f"aarch64 python/bin/python{MINOR} python/bin/thing-script x"


def test_what_was_fetched_is_verified(machine: Any, interpreter: bytes) -> None:
    offer_python(machine, archive_of(interpreter), sha256="0" * 64)
    done = run(machine, ["python", "x"])
    assert done.returncode == 4
    assert f"uv brought no Python {VERSION} for linux-arm64" in done.stderr
    assert not list(machine.store.glob("cache/pythons/*/bin/*"))


def test_a_fetched_python_needs_the_targets_c_library(machine: Any) -> None:
    described = json.loads((DIRECTORY / "linux-arm64.json").read_text())
    own = Path(machine.environ["CKPM_CONFIG"]) / "platforms" / "linux-arm64.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({**described, "sysroots": ["/nowhere"]}))
    offer_python(machine, archive_of(b"ELF /lib/ld-linux-aarch64.so.1"))
    done = run(machine, ["python", "x"])
    assert done.returncode == 4
    assert f"the C library of linux-arm64, which `python{MINOR}` needs, is not here" in done.stderr
    assert "apt-get install libc6-arm64-cross libstdc++6-arm64-cross" in done.stderr


def test_without_python_it_is_said_what_to_do_before_anything_is_made(machine: Any) -> None:
    done = run(machine, ["python", "x"])
    assert done.returncode == 4
    assert f"this takes Python {MINOR} for linux-arm64, which is not here" in done.stderr
    assert "hint: looked in: /usr/aarch64-linux-gnu; and uv" in done.stderr
    assert "/lib/ld-linux-aarch64.so.1: `QEMU_LD_PREFIX=DIR ckpm run …`" in done.stderr
    assert not list((machine.store / "envs").glob("*/linux-arm64/current"))


def test_another_python_there_is_named(machine: Any, interpreter: bytes, tmp_path: Path) -> None:
    root = root_with(tmp_path / "root", interpreter, "3.11")
    machine.environ["QEMU_LD_PREFIX"] = str(root)
    done = run(machine, ["python", "x"])
    assert done.returncode == 4
    assert f"{root} has Python 3.11: `--target linux-arm64:python=3.11`" in done.stderr


def test_a_root_of_another_target_does_not_count(rooted: Any, tmp_path: Path) -> None:
    (tmp_path / "board" / "lib" / "ld-linux-aarch64.so.1").rename(tmp_path / "ld-linux.so")
    assert run(rooted, ["python", "x"]).returncode == 4


def test_a_workflow_of_other_programs_needs_no_python(machine: Any) -> None:
    done = run(machine, ["sh", "-c", "echo no Python"])
    assert done.stdout == "no Python\n", done.stderr


def test_without_an_emulator_no_python_is_fetched(machine: Any, interpreter: bytes) -> None:
    offer_python(machine, archive_of(interpreter))
    (Path(machine.environ["PATH"]) / EMULATOR).unlink()
    done = run(machine, ["python", "x"])
    assert done.returncode == 4
    assert f"takes `{EMULATOR}`, which is not here" in done.stderr
    assert "fetching" not in done.stderr


def test_python_of_windows_is_not_run_here(machine: Any) -> None:
    wine = Path(machine.environ["PATH"]) / "wine"
    wine.symlink_to("/bin/true")
    known = Path(machine.environ.pop("UV_PYTHON_DOWNLOADS_JSON_URL"))
    assert known.exists()
    done = run(machine, ["python", "x"], target="windows-x86_64")
    assert done.returncode == 4
    assert "Python for windows-x86_64 cannot be run here" in done.stderr
    assert "--on ssh://" in done.stderr
