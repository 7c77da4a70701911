"""What a stranger's project and lock can do on a person's machine without being asked: nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

WRITE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('ran')"
ARMING = Path(__file__).parents[1] / "cases" / "strangers" / "variables.yaml"
CHANGES = Path(__file__).parents[1] / "cases" / "strangers" / "changes.yaml"


@pytest.fixture
def known(project: Any, pack: Any, tmp_path: Path) -> Any:
    """A project without recipes, and a person's own recipe of `tool`, which builds by a command."""
    source = project.archive("tool.tar", pack({"make.py": b"print('good')\n"}))
    commands = [["{tools.python}", "{source}/make.py", "{prefix}"]]
    built = {"from": "build", "system": "commands", "tools": ["python"], "steps": commands}
    project.recipe("tool", {**source, **built}, kind="program")
    project.recipe("photos", project.archive("photos.tar", pack({"cat.txt": b"cat\n"})))
    (project.directory / ".ckpm" / "recipes").rename(tmp_path / "config-recipes")
    (tmp_path / "config").mkdir()
    (tmp_path / "config-recipes").rename(tmp_path / "config" / "recipes")
    (project.directory / ".ckpm").rmdir()
    return project


def strangers_lock(project: Any, *packages: str) -> Path:
    """Lock some packages, and forget that this was done here."""
    (project.directory / "ckpm.yaml").write_text(f"name: demo\nrequires: [{', '.join(packages)}]\n")
    done = project.ckpm("lock")
    assert done.returncode == 0, done.stderr
    (Path(project.environ["CKPM_CONFIG"]) / "trusted.json").unlink()
    return Path(project.directory / "ckpm.lock")


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    changed = re.sub(old, new, text)
    assert changed != text
    file.write_text(re.sub(r"lines: \d+", f"lines: {changed.count(chr(10))}", changed))


@pytest.mark.parametrize(
    ("how", "name"), [("--frozen", "/{outside}/evil"), ("--locked", "../../../evil")]
)
def test_a_lock_names_no_file_outside_the_store(
    known: Any, tmp_path: Path, name: str, how: str
) -> None:
    lock = strangers_lock(known, "photos")
    before = {path for path in tmp_path.rglob("*") if "store" not in path.parts}
    rewrite(lock, r"- name: photos\.tar", f"- name: {name.format(outside=tmp_path)}")
    done = known.ckpm("sync", how)
    assert done.returncode == 2
    assert re.search(
        r"ckpm\.lock:\d+: targets\[0\]\.packages\[0\]\.files\[0\]\.name: ", done.stderr
    )
    after = {path for path in tmp_path.rglob("*") if "store" not in path.parts}
    assert {path.name for path in after - before} <= {"served", "cache", "content", "index.json"}
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"sha256: \S+", "sha256: ../../../../evil"),
        ("name: photos$", "name: ../../photos"),
        ("version: .1.$", "version: ../../../1"),
        ("urls:\n( *)- http.*", r"urls:\n\1- file:///etc/passwd"),
        ("environment: demo", "environment: ../../x"),
        ("from: archive", "from: -archive"),
    ],
)
def test_no_other_field_of_a_lock_leads_anywhere(known: Any, old: str, new: str) -> None:
    lock = strangers_lock(known, "photos")
    rewrite(lock, f"(?m){old}", new)
    done = known.ckpm("sync", "--frozen")
    assert done.returncode == 2
    assert "ckpm.lock:" in done.stderr


def evil_generation(directory: Path, target: str) -> None:
    place = directory / target / "1"
    place.mkdir(parents=True)
    (place / "activate.sh").write_text("echo EVIL\n")
    (place / "environment.json").write_text('{"changes": []}')
    (directory / target / "current").symlink_to("1")
    machine = os.uname()
    (directory / f"native-{machine.sysname}-{machine.machine}").symlink_to(target)


@pytest.mark.parametrize("command", ["activate", "exec -- sh -c :", "shell --shell sh"])
def test_a_projects_name_leads_to_no_script_outside_the_store(known: Any, command: str) -> None:
    file = known.directory / "ckpm.yaml"
    name = "../../demo/x/evil"
    file.write_text(f"name: {name}\nrequires: []\n")
    key = hashlib.sha256(os.path.realpath(file).encode()).hexdigest()
    (known.store / "envs").mkdir(parents=True)
    for length in (8, 16):
        directory = known.store / "envs" / f"{name}-{key[:length]}"
        evil_generation(directory, "linux-x86_64")
    done = known.ckpm(*command.split(" ", 3))
    assert done.returncode != 0
    assert "evil" not in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["-e", "../../demo/evil"],
        ["-e", "demo+../../../demo/evil"],
        ["--env=../../demo/evil"],
        ["-e", "evil", "--target", "../../../demo/evil/linux-x86_64"],
        ["-e", ".."],
    ],
)
def test_no_name_on_the_line_leads_there_either(known: Any, arguments: list[str]) -> None:
    (known.store / "envs").mkdir(parents=True)
    evil_generation(known.directory / "evil", "linux-x86_64")
    done = known.ckpm("activate", "--shell", "sh", *arguments)
    assert done.returncode == 2 or "no environment" in done.stderr
    assert done.stdout == ""


def test_a_link_in_the_store_leads_to_no_script_outside(known: Any) -> None:
    assert known.ckpm("install", "photos", "-e", "mine").returncode == 0
    evil_generation(known.directory / "evil", "linux-x86_64")
    current = next(p for p in (known.store / "envs" / "mine").glob("linux-*/current"))
    current.unlink()
    current.symlink_to(known.directory / "evil" / "linux-x86_64" / "1")
    done = known.ckpm("activate", "--shell", "sh", "-e", "mine")
    assert "evil" not in done.stdout


WHOLE = ("own file", "preload", "front of path", "only elsewhere")
ASKED = [case for case in yaml.safe_load(ARMING.read_text()) if case["case"] in WHOLE]


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case["case"])
def test_a_projects_recipe_arms_no_shell(project: Any, pack: Any, case: dict[str, Any]) -> None:
    content = pack({"evil.so": b"x", "model.bin": b"y"})
    source = project.archive("toy.tar", content)
    project.recipe(case.get("package", "toy"), source, env=[case["env"]])
    done = project.ckpm("install", case.get("package", "toy"))
    if case["asks"]:
        assert (done.returncode, "is not trusted" in done.stderr) == (2, True), done.stderr
        assert not list(project.store.glob("envs/*/*/*/activate.sh"))
    else:
        assert done.returncode == 0, done.stderr


WORKFLOW = """\
name: demo
requires: [mine]
packages:
  mine: {kind: program, from: file, path: code}
workflows:
  hello:
    steps: [{run: [python3, hello.py]}, {run: [python3, -m, tools.more]}]
"""


@pytest.fixture
def trusted(project: Any) -> Any:
    """A trusted project whose workflow runs a script beside ckpm.yaml, and content of each kind."""
    directory = project.directory
    files = {
        "ckpm.yaml": WORKFLOW,
        "ckpm.lock": "x",
        "hello.py": "import helper",
        "helper.py": "",
        "tools/more.py": "",
        "code/main.py": "",
        ".ckpm/detectors/x.txt": "",
        ".ckpm/recipes/x/step.py": "",
        ".ckpm/recipes/x/__pycache__/helper.cpython-311.pyc": "",
        "beside/step.py": "",
        "notes.md": "",
    }
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    (directory / ".ckpm" / "linked").symlink_to("../beside")
    (directory / "ckpm.lock").unlink()
    done = project.ckpm("trust", ".")
    assert done.returncode == 0, done.stderr
    return project


CHANGED = [case for case in yaml.safe_load(CHANGES.read_text()) if case.get("whole")]


@pytest.mark.parametrize("case", CHANGED, ids=lambda c: c["case"])
def test_trust_ends_when_something_changes_that_runs(trusted: Any, case: dict[str, Any]) -> None:
    assert trusted.ckpm("run", "hello").returncode == 0
    file = trusted.directory / case["file"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# changed")
    done = trusted.ckpm("run", "hello")
    if case["asks"]:
        assert (done.returncode, "is not trusted" in done.stderr) == (2, True), done.stderr
        assert case.get("names", case["file"]) in done.stderr
    else:
        assert done.returncode == 0, done.stderr


def test_compiled_code_beside_a_script_is_not_read(trusted: Any) -> None:
    """Whoever may write there could change what a script imports, unseen."""
    import py_compile

    directory = trusted.directory
    (directory / "helper.py").write_text("print('source')")
    assert trusted.ckpm("trust", ".").returncode == 0
    (directory / "evil.py").write_text("print('compiled')")
    cache = directory / "__pycache__"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(
        str(directory / "evil.py"), str(cache / "helper.cpython-311.pyc"), invalidation_mode=mode
    )
    (directory / "evil.py").unlink()
    assert trusted.ckpm("run", "hello").returncode == 2
    assert trusted.ckpm("trust", ".").returncode == 0
    done = trusted.ckpm("run", "hello")
    assert done.returncode == 0, done.stderr
    assert "compiled" not in done.stdout


def test_a_link_out_of_the_project_cannot_be_trusted(trusted: Any, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (trusted.directory / ".ckpm" / "recipes" / "far").symlink_to(tmp_path / "outside")
    done = trusted.ckpm("trust", ".")
    assert (done.returncode, "link out of the project" in done.stderr) == (2, True)
    assert trusted.ckpm("run", "hello").returncode == 2


def test_a_script_of_the_same_name_elsewhere_is_another_script(trusted: Any) -> None:
    below = trusted.directory / "elsewhere"
    below.mkdir()
    (below / "hello.py").write_text("print('other')")
    assert trusted.ckpm("trust", ".").returncode == 0
    (below / "hello.py").write_text("print('another')")
    done = trusted.shell("cd elsewhere && ckpm run hello")
    assert (done.returncode, "elsewhere/hello.py" in done.stdout) == (2, True), done.stdout


def test_edits_of_ones_own_keep_trust_when_that_was_said(trusted: Any) -> None:
    assert trusted.ckpm("trust", "--edits", ".").returncode == 0
    (trusted.directory / "hello.py").write_text("print('edited')")
    done = trusted.ckpm("run", "hello")
    assert (done.returncode, done.stdout) == (0, "edited\n"), done.stderr


def test_init_trusts_nothing_that_lay_there(project: Any) -> None:
    (project.directory / "ckpm.yaml").unlink()
    (project.directory / ".ckpm").mkdir()
    done = project.ckpm("init", "--json")
    assert json.loads(done.stdout)["result"]["trusted"] is False


def test_a_lock_with_another_archive_builds_nothing(known: Any, pack: Any, tmp_path: Path) -> None:
    """The recipe's digest is right; only address and sum are the stranger's."""
    lock = strangers_lock(known, "tool")
    content = pack({"make.py": f"open({str(tmp_path / 'evil')!r}, 'w')\n".encode()})
    url = known.server.serve("evil.tar", content)
    rewrite(lock, r"http://\S+", url)
    rewrite(lock, r"sha256: \S+", f"sha256: {hashlib.sha256(content).hexdigest()}")
    rewrite(lock, r" +size: \d+\n", "")
    for arguments in (["sync", "--frozen"], ["sync", "--locked"]):
        done = known.ckpm(*arguments)
        assert done.returncode == 2, done.stderr
        assert "was not made here: `tool` is built from source" in done.stderr
    assert not (tmp_path / "evil").exists()
    shown = known.ckpm("sync", "--frozen", "--dry-run").stdout
    assert "`tool.tar` of `tool 1` is the lock's own choice" in shown
    # Whoever has read it may say so.
    assert known.ckpm("trust", ".").returncode == 0
    assert known.ckpm("sync", "--frozen").returncode == 0
    assert (tmp_path / "evil").exists()


def test_a_projects_tool_makes_nothing_of_anybodys(project: Any, pack: Any, tmp_path: Path) -> None:
    """The recipe that is made is the person's own; what makes it would be the stranger's."""
    recipes = tmp_path / "config" / "recipes"
    source = project.archive("gift.tar", pack({"a.txt": b"a"}))
    steps = [["{tools.maker}", "{source}/a.txt", "{prefix}/a.txt"]]
    made = {**source, "steps": steps, "tools": ["maker"]}
    project.recipe("gift", made)
    recipes.parent.mkdir()
    (project.directory / ".ckpm" / "recipes").rename(recipes)
    evil = project.archive("evil.tar", pack({"bin/evil": b"#!/bin/sh\ntouch evil\n"}))
    project.recipe("evil", {**evil, "provides": ["maker"]}, kind="tool")
    done = project.ckpm("install", "gift")
    assert done.returncode == 2, done.stderr
    assert "is not trusted" in done.stderr
    assert not list(project.store.glob("results/*-gift-*"))


def test_a_lock_that_only_fills_the_store_asks_nobody(known: Any) -> None:
    strangers_lock(known, "photos")
    done = known.ckpm("sync", "--locked")
    assert done.returncode == 0, done.stderr


def test_a_lock_that_was_made_here_builds(known: Any) -> None:
    assert known.ckpm("install", "tool").returncode == 0
    (known.store / "results").rename(known.store / "gone")
    done = known.ckpm("sync", "--frozen")
    assert done.returncode == 0, done.stderr


def test_choosing_anew_here_takes_the_recipes_word(known: Any, tmp_path: Path) -> None:
    lock = strangers_lock(known, "tool")
    rewrite(lock, r"http://\S+", "http://127.0.0.1:9/evil.tar")
    assert known.ckpm("lock").returncode == 0
    assert "evil.tar" not in lock.read_text()
    assert known.ckpm("sync", "--locked").returncode == 0


def test_what_nobody_vouches_for_is_not_installed(known: Any, pack: Any) -> None:
    lock = strangers_lock(known, "photos")
    url = known.server.serve("other.tar", pack({"cat.txt": b"dog\n"}))
    rewrite(lock, r"http://\S+", url)
    rewrite(lock, r" +sha256: \S+\n", "")
    rewrite(lock, r" +size: \w+\n", "")
    done = known.ckpm("sync", "--locked")
    assert (done.returncode, "nobody vouches for `photos.tar`" in done.stderr) == (5, True)
    assert not list(known.store.glob("results/*"))
    assert known.ckpm("sync", "--locked", "--allow-unverified").returncode == 0


@pytest.mark.parametrize("text", ["{}", "format: [x]", "", "- a", "format: ckpm-lock/1"])
def test_what_is_no_lock_is_told(known: Any, text: str) -> None:
    (known.directory / "ckpm.lock").write_text(text)
    for arguments in (["sync", "--frozen"], ["lock"], ["status"], ["run", "x"]):
        done = known.ckpm(*arguments)
        assert "bug" not in done.stderr


@pytest.fixture
def gadget(known: Any, pack: Any) -> Any:
    """A project that was locked where a program was that is not there any more."""
    detectors = Path(known.environ["CKPM_CONFIG"]) / "detectors"
    detectors.mkdir(parents=True)
    found = {"package": "gadget", "executables": ["gadget"],
             "version": {"args": ["--version"], "pattern": "gadget (.*)"}}  # fmt: skip
    (detectors / "gadget.yaml").write_text(yaml.safe_dump(found))
    known.recipe("gadget", known.archive("gadget.tar", pack({"bin/x": b"x"})), kind="tool")
    recipes = detectors.with_name("recipes")
    (known.directory / ".ckpm" / "recipes" / "gadget.yaml").rename(recipes / "gadget.yaml")
    (known.directory / ".ckpm" / "recipes").rmdir()
    (known.directory / ".ckpm").rmdir()
    program = Path(known.environ["PATH"]) / "gadget"
    program.write_text("#!/bin/sh\necho gadget 1.2\n")
    program.chmod(0o755)
    flow = "workflows: {hello: {steps: [{run: [cat, ckpm.lock]}]}}\n"
    (known.directory / "ckpm.yaml").write_text(f"name: demo\nrequires: [gadget]\n{flow}")
    assert known.ckpm("trust", "--edits", ".").returncode == 0
    assert known.ckpm("install").returncode == 0
    assert "from: detected" in (known.directory / "ckpm.lock").read_text()
    program.unlink()
    return known


@pytest.mark.parametrize("how", [[], ["--locked"], ["--frozen"]])
def test_run_changes_no_lock_and_says_what_is_missing(gadget: Any, how: list[str]) -> None:
    before = (gadget.directory / "ckpm.lock").read_bytes()
    done = gadget.ckpm("run", "hello", *how)
    assert done.returncode == 4
    assert "`gadget` was detected when this was locked, and is not here" in done.stderr
    assert "ckpm lock" in done.stderr
    assert (gadget.directory / "ckpm.lock").read_bytes() == before


def test_run_locks_what_is_not_locked_once_and_says_so(gadget: Any) -> None:
    lock = gadget.directory / "ckpm.lock"
    lock.unlink()
    assert gadget.ckpm("run", "hello", "--locked").returncode == 7
    assert not lock.exists()
    done = gadget.ckpm("run", "hello")
    assert (done.returncode, "nothing is locked for" in done.stderr) == (0, True)
    before = lock.read_bytes()
    done = gadget.ckpm("run", "hello")
    assert (done.returncode, "nothing is locked for" in done.stderr) == (0, False)
    assert lock.read_bytes() == before


def test_run_refuses_a_stale_lock_and_options_that_choose(gadget: Any) -> None:
    file = gadget.directory / "ckpm.yaml"
    file.write_text(file.read_text().replace("[gadget]", "[gadget, photos]"))
    before = (gadget.directory / "ckpm.lock").read_bytes()
    assert gadget.ckpm("run", "hello").returncode == 7
    done = gadget.ckpm("run", "hello", "--no-detected")
    assert (done.returncode, "keeps to the lock" in done.stderr) == (2, True)
    assert (gadget.directory / "ckpm.lock").read_bytes() == before


@pytest.mark.parametrize("how", ["--locked", "--frozen"])
def test_exec_can_demand_what_is_locked(known: Any, how: str) -> None:
    assert known.ckpm("install", "photos").returncode == 0
    shown = ["--", "sh", "-c", "cat $CKPM_PHOTOS_ROOT/cat.txt"]
    assert known.ckpm("exec", how, *shown).stdout == "cat\n"
    text = (known.directory / "ckpm.yaml").read_text()
    (known.directory / "ckpm.yaml").write_text(text.replace("photos", "photos>=1"))
    assert known.ckpm("exec", how, *shown).returncode == (7 if how == "--locked" else 0)
    (known.directory / "ckpm.lock").unlink()
    assert known.ckpm("exec", how, *shown).returncode == 7


@pytest.mark.parametrize("name", ["hello", "object-detection"])
def test_an_environment_that_a_clone_has_ready_runs_nothing(known: Any, name: str) -> None:
    flow = f"workflows: {{{name}: {{steps: [{{run: [sh, -c, 'echo ran > evil']}}]}}}}\n"
    place = known.directory / ".ckpm" / "envs" / f"{name}.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(f"name: {name}\nrequires: [photos]\n{flow}")
    done = known.ckpm("run", name)
    assert done.returncode == 2, done.stderr
    assert ("would replace the bundled one" if name != "hello" else "is not trusted") in done.stderr
    assert not (known.directory / "evil").exists()


def test_what_a_clone_has_ready_is_nobody_elses(known: Any, tmp_path: Path) -> None:
    place = known.directory / ".ckpm" / "envs" / "hello.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("name: hello\nrequires: [photos]\n")
    assert known.ckpm("sync", "-e", "hello").returncode == 0
    assert known.ckpm("activate", "-e", "hello", "--shell", "sh").returncode == 0
    elsewhere = known.shell(f"cd {tmp_path} && ckpm activate -e hello --shell sh")
    assert elsewhere.returncode == 4


def test_a_link_beside_a_recipe_leads_nowhere(project: Any, tmp_path: Path) -> None:
    """A later part would be written through it, to where the copy of the link leads."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".bashrc").write_text("mine")
    tree = project.directory / ".ckpm" / "recipes" / "toy" / "a" / "b"
    tree.mkdir(parents=True)
    (tree / "sub").symlink_to("../" * 6 + "home")
    part = project.archive("bashrc", b"evil", unpack="false", into="sub")
    del part["from"], part["versions"]
    project.recipe("toy", {"from": "file", "versions": ["1"], "path": "a/b", "parts": [part]})
    done = project.ckpm("install", "toy")
    assert done.returncode == 6, done.stderr
    assert "is a link that may lead out" in done.stderr
    assert (tmp_path / "home" / ".bashrc").read_text() == "mine"
    assert [path.name for path in (tmp_path / "home").iterdir()] == [".bashrc"]


@pytest.mark.parametrize("kind", ["link", "pipe", "directory of links"])
def test_no_file_of_a_person_is_taken_for_a_packages(
    project: Any, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "id").write_text("secret")
    place = project.directory / "m.bin"
    match kind:
        case "link":
            place.symlink_to(tmp_path / "secret" / "id")
        case "pipe":
            os.mkfifo(place)
        case _:
            place.mkdir()
            (place / "id").symlink_to(tmp_path / "secret" / "id")
    own = "packages: {m: {kind: model, from: file, path: m.bin}}\n"
    (project.directory / "ckpm.yaml").write_text(f"name: demo\nrequires: [m]\n{own}")
    done = project.ckpm("install")
    assert done.returncode == 6, done.stderr
    assert not [p for p in project.store.rglob("*") if p.is_file() and b"secret" in p.read_bytes()]


def test_content_behind_a_link_is_the_projects(known: Any, pack: Any, tmp_path: Path) -> None:
    evil = tmp_path / "evil" / "recipes"
    evil.mkdir(parents=True)
    source = known.archive("toy.tar", pack({"evil.so": b"x"}))
    recipe = {"name": "toy", "kind": "library", "summary": "x", "sources": [source],
              "env": [{"set": {"LD_PRELOAD": "{prefix}/evil.so"}}]}  # fmt: skip
    (evil / "toy.yaml").write_text(yaml.safe_dump(recipe))
    (known.directory / ".ckpm").symlink_to("../evil")
    for arguments in (["toy", "-e", "mine"], ["toy"]):
        done = known.ckpm("install", *arguments)
        assert done.returncode == 2, done.stderr
    assert not list(known.store.glob("envs/*/*/*/activate.sh"))


@pytest.mark.parametrize("method", ["uv-python", "fact", "system", "detected"])
def test_no_directory_of_the_clone_is_taken_for_a_python(known: Any, method: str) -> None:
    lock = strangers_lock(known, "photos")
    python = known.directory / "dd" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\ntouch evil\n")
    python.chmod(0o755)
    entry = f"  - name: python\n    version: dd\n    from: {method}\n"
    closure = '  python:\n  - scope: ""\n    requires-python: "==3.11.7"\n    platform: x\n'
    rewrite(lock, "  packages:\n", f"  packages:\n{entry}")
    rewrite(lock, r"  python: \[\]\n", f"{closure}    requirements: []\n    packages: []\n")
    done = known.ckpm("sync", "--frozen")
    assert done.returncode == 2, done.stderr
    assert "a version of Python" in done.stderr
    assert not (known.directory / "evil").exists()


def test_a_pin_of_a_stranger_vouches_for_nothing(known: Any, pack: Any) -> None:
    source = known.archive("loose.tar", pack({"a.txt": b"a"}))
    digest = source.pop("sha256")
    known.recipe("loose", source)
    recipes = Path(known.environ["CKPM_CONFIG"]) / "recipes"
    (known.directory / ".ckpm" / "recipes" / "loose.yaml").rename(recipes / "loose.yaml")
    lock = strangers_lock(known, "photos")
    rewrite(lock, "target: linux-x86_64", "target: linux-arm64")
    rewrite(lock, r"http://\S+", source["urls"][0])
    rewrite(lock, r"sha256: \S+", f"sha256: {digest}")
    done = known.ckpm("install", "loose")
    assert done.returncode != 0
    assert "nobody published a digest" in done.stderr


def test_results_go_through_no_link_of_the_clone(known: Any, tmp_path: Path) -> None:
    envs = Path(known.environ["CKPM_CONFIG"]) / "envs"
    envs.mkdir()
    flow = "workflows: {mine: {steps: [{run: [sh, -c, 'echo x > {output}/x']}]}}\n"
    (envs / "mine.yaml").write_text(f"name: mine\nrequires: [photos]\n{flow}")
    (tmp_path / "away").mkdir()
    (known.directory / "mine-results").symlink_to(tmp_path / "away")
    done = known.ckpm("run", "mine")
    assert (done.returncode, "is a link" in done.stderr) == (2, True), done.stderr
    assert not list((tmp_path / "away").iterdir())


def test_packages_that_need_each_other_are_installed(project: Any, pack: Any) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        project.recipe(name, project.archive(f"{name}.tar", pack({name: b"x"})), needs=[other])
    done = project.ckpm("install", "one")
    assert done.returncode == 0, done.stderr
    assert project.ckpm("sync", "--locked").returncode == 0


def test_two_packages_of_one_name_in_the_environment_are_told(project: Any, pack: Any) -> None:
    source = project.archive("a.tar", pack({"a": b"x"}))
    options = {"size": {"values": ["b"], "default": "b"}}
    project.recipe("a", source, options=options, coexist=["size"])
    project.recipe("a-b", source)
    done = project.ckpm("install", "a", "a-b")
    assert (done.returncode, "would both be `a-b`" in done.stderr) == (2, True), done.stderr


ENDLESS = {"a pipe": os.mkfifo, "a device": lambda path: Path(path).symlink_to("/dev/zero")}


@pytest.mark.parametrize("make", ENDLESS.values(), ids=ENDLESS.keys())
def test_what_has_no_end_is_not_read(known: Any, make: Any) -> None:
    recipes = known.directory / ".ckpm" / "recipes"
    recipes.mkdir(parents=True)
    make(str(recipes / "x.yaml"))
    (known.directory / "ckpm.lock").unlink(missing_ok=True)
    make(str(known.directory / "ckpm.lock"))
    for arguments in (["search", "photos"], ["status"], ["detect", "--replay", "ckpm.lock"]):
        assert "bug" not in known.ckpm(*arguments).stderr


def test_no_error_moves_the_cursor(known: Any) -> None:
    lock = strangers_lock(known, "photos")
    rewrite(lock, "environment: demo", r'environment: "\\x1b[2Jdemo\\u202e"')
    (known.directory / "ckpm.yaml").write_text('name: demo\n"\\x1b[2Jkey": x\n')
    for arguments in (["sync", "--frozen"], ["status"], ["install", "\x1b[2J"], ["\x1b]0;x\x07"]):
        done = known.ckpm(*arguments)
        assert done.returncode == 2
        assert done.stderr.replace("\n", "").isprintable()


def test_a_directory_that_is_gone_is_told(known: Any) -> None:
    done = known.shell("mkdir x && cd x && rm -r ../x && ckpm status; ckpm activate --shell sh")
    assert "the working directory has been removed" in done.stdout
    assert "bug" not in done.stdout


def test_a_clones_recipes_go_into_no_environment_of_everybody(known: Any, pack: Any) -> None:
    envs = Path(known.environ["CKPM_CONFIG"]) / "envs"
    envs.mkdir()
    flow = 'workflows: {mine: {steps: [{run: [sh, "{env.CKPM_PHOTOS_ROOT}/run.sh"]}]}}\n'
    (envs / "mine.yaml").write_text(f"name: mine\nrequires: [photos]\n{flow}")
    known.recipe("photos", known.archive("evil.tar", pack({"run.sh": b"echo > evil\n"})))
    for arguments in (["run", "mine"], ["sync", "-e", "mine"]):
        done = known.ckpm(*arguments)
        assert (done.returncode, "is not trusted" in done.stderr) == (2, True), done.stderr
    assert not (known.directory / "evil").exists()


def test_a_link_in_place_of_a_recipes_directory_takes_nothing(project: Any, tmp_path: Path) -> None:
    (tmp_path / "ssh").mkdir()
    (tmp_path / "ssh" / "id").write_text("secret")
    project.recipe("mod", {"from": "file", "versions": ["1"], "path": "id"})
    (project.directory / ".ckpm" / "recipes" / "mod").symlink_to(tmp_path / "ssh")
    done = project.ckpm("install", "mod")
    assert (done.returncode, "is a link out of" in done.stderr) == (6, True), done.stderr
    assert not list(project.store.rglob("id"))


@pytest.mark.parametrize("name", ["CKPM_STORE", "CKPM_CONFIG", "CKPM_CACHE"])
def test_no_relative_path_makes_a_clone_ckpms_own(known: Any, name: str) -> None:
    known.environ[name] = ".here"
    for arguments in (["activate", "--shell", "sh"], ["status"], ["install", "photos"]):
        done = known.ckpm(*arguments)
        assert (done.returncode, "is a relative path" in done.stderr) == (2, True), done.stderr


def test_a_package_from_a_directory_of_tools_is_refused(project: Any) -> None:
    code = project.directory / ".pytest_cache" / "code"
    code.mkdir(parents=True)
    (code / "main.sh").write_text("echo\n")
    own = "packages: {m: {kind: program, from: file, path: .pytest_cache/code}}\n"
    (project.directory / "ckpm.yaml").write_text(f"name: demo\nrequires: [m]\n{own}")
    done = project.ckpm("install")
    assert (done.returncode, "directory of tools" in done.stderr) == (6, True), done.stderr


def test_a_trusted_workflow_may_leave_whatever_it_likes(trusted: Any) -> None:
    text = "import pathlib, sys\nfor n in ('a.pt', 'b'): pathlib.Path(sys.argv[1], n).write_text(n)"
    (trusted.directory / "hello.py").write_text(text)
    file = trusted.directory / "ckpm.yaml"
    file.write_text(file.read_text().replace("hello.py]", 'hello.py, "{output}"]'))
    assert trusted.ckpm("trust", ".").returncode == 0
    for _ in range(3):
        done = trusted.ckpm("run", "hello")
        assert done.returncode == 0, done.stderr
