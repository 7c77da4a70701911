"""What programs rely on: one JSON document always, exit codes, and nothing touched by failures."""

from __future__ import annotations

import json
from typing import Any

import pytest

FAILURES = {
    "unknown command": (["instal", "photos", "--json"], 2, "Usage"),
    "unknown option": (["install", "photos", "--json", "--frobnicate"], 2, "Usage"),
    "malformed requirement": (["install", "photos>=", "--json"], 2, "RequirementSyntax"),
    "unknown target": (["install", "photos", "--target", "palmtop", "--json"], 2, "Usage"),
    "no glibc": (["resolve", "photos", "--target", "linux-arm64:glibc=two", "--json"], 2, "Usage"),
    "no musl": (["resolve", "photos", "--target", "linux-arm64-musl:musl=1", "--json"], 2, "Usage"),
    "no macos": (["resolve", "photos", "--target", "macos-arm64:macos=x", "--json"], 2, "Usage"),
    "no api": (["resolve", "photos", "--target", "android-arm64:api=26b", "--json"], 2, "Usage"),
    "nothing required": (["install", "--json"], 2, "Usage"),
    "untrusted": (["install", "tool", "--json"], 2, "Untrusted"),
    "impossible version": (["install", "photos>=3", "--json"], 3, "Unsatisfiable"),
    "impossible to resolve": (["resolve", "photos>=3", "--json"], 3, "Unsatisfiable"),
    "unknown package": (["install", "photo", "--json"], 4, "NotFound"),
    "unknown environment": (["list", "-e", "nowhere", "--json"], 4, "NotFound"),
    "no file": (["add", "./nothing.onnx", "--json"], 4, "NotFound"),
    "no generation": (["env", "rollback", "--json"], 4, "NotFound"),
    "nobody answers": (["install", "gone", "--json"], 5, "Download"),
    "wrong bytes": (["install", "tampered", "--json"], 5, "Integrity"),
    "offline": (["install", "photos", "--offline", "--json"], 5, "Download"),
    "to be supplied": (["install", "licensed", "--json"], 5, "Download"),
    "nothing locked": (["sync", "--frozen", "--json"], 7, "StaleLock"),
}
DONE = (
    ["install", "photos", "--dry-run", "--json"],
    ["install", "photos", "--json"],
    ["install", "--json"],
    ["lock", "--json"],
    ["sync", "--locked", "--json"],
    ["list", "--json"],
    ["status", "--json"],
    ["resolve", "photos", "--json"],
    ["search", "photos", "--json"],
    ["info", "photos", "--json"],
    ["target", "list", "--json"],
    ["env", "list", "--json"],
    ["env", "show", "--json"],
    ["store", "list", "--json"],
    ["update", "--json"],
    ["remove", "photos", "--json"],
    ["env", "rollback", "--json"],
)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_document_and_touches_nothing(name: str, methods: Any) -> None:
    arguments, code, kind = FAILURES[name]
    before = methods.state()
    done = methods.ckpm(*arguments)
    document = json.loads(done.stdout)
    error = document["error"]
    assert (done.returncode, document["ok"], error["exit_code"]) == (code, False, code)
    assert (error["kind"], document["command"]) == (kind, arguments[0])
    assert done.stderr == ""
    assert methods.state() == before


def test_a_failed_build_is_one_document_and_leaves_the_old_environment(methods: Any) -> None:
    methods.ckpm("trust", ".")
    methods.ckpm("install", "photos")
    before = methods.state()
    done = methods.ckpm("install", "broken", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["kind"]) == (6, "Build")
    assert methods.state() == before


def test_every_success_is_one_document(methods: Any) -> None:
    for arguments in DONE:
        done = methods.ckpm(*arguments)
        document = json.loads(done.stdout)
        assert (done.returncode, document["ok"], document["command"]) == (0, True, arguments[0])
        assert done.stderr == ""


def test_a_dry_run_changes_nothing(methods: Any) -> None:
    methods.ckpm("install", "photos@1")
    before = methods.state()
    for arguments in (
        ["install", "labels"],
        ["update"],
        ["update", "photos"],
        ["remove", "photos"],
    ):
        assert methods.ckpm(*arguments, "--dry-run").returncode == 0
    assert methods.state() == before


def test_a_second_install_makes_no_generation(methods: Any) -> None:
    first = json.loads(methods.ckpm("install", "photos", "thing", "--json").stdout)["result"]
    again = json.loads(methods.ckpm("install", "photos", "thing", "--json").stdout)["result"]
    assert (first["changed"], again["changed"]) == (True, False)
    assert first["directory"] == again["directory"]


def test_what_is_required_twice_must_meet_both(methods: Any) -> None:
    """The command line alone takes the place of what the file says of the same package."""
    (methods.directory / "ckpm.yaml").write_text("name: demo\nrequires: [photos@1, photos]\n")
    for asked, version in ((), "1"), (("labels",), "1"), (("photos@2",), "2"):
        assert methods.ckpm("install", *asked).returncode == 0
        listed = json.loads(methods.ckpm("list", "--json").stdout)["result"]["packages"]
        assert {p["name"]: p["version"] for p in listed}["photos"] == version


def test_a_changed_recipe_is_not_taken_for_nothing_to_do(methods: Any) -> None:
    methods.ckpm("install", "photos")
    recipe = methods.directory / ".ckpm/recipes/photos.yaml"
    recipe.write_text(recipe.read_text().replace("CKPM_PHOTOS_CAT", "CKPM_PHOTOS_PET"))
    assert "nothing to do" not in methods.ckpm("install").stderr
    assert methods.ckpm("exec", "--", "sh", "-c", "cat $CKPM_PHOTOS_PET").stdout == "cat 2\n"


def test_a_running_program_keeps_its_generation(methods: Any) -> None:
    methods.ckpm("install", "photos@1")
    script = "echo started; read line; cat $CKPM_PHOTOS_CAT"
    with methods.start("exec", "--", "sh", "-c", script) as running:
        assert running.stdout.readline() == "started\n"
        methods.ckpm("install", "photos@2")
        assert methods.ckpm("exec", "--", "sh", "-c", "cat $CKPM_PHOTOS_CAT").stdout == "cat 2\n"
        assert running.communicate("go on\n", timeout=20)[0] == "cat 1\n"


def test_exec_passes_the_exit_code_through(methods: Any) -> None:
    methods.ckpm("install", "photos")
    assert methods.ckpm("exec", "--", "sh", "-c", "exit 37").returncode == 37


def test_locked_never_takes_another_source(methods: Any) -> None:
    """Where it goes away, only a new lock may name another one of the same version."""
    first = methods.archive("first.tar", (methods.server.root / "photos-1.tar").read_bytes())
    second = {**first, "urls": [methods.server.url("photos-1.tar")], "strip": "1"}
    methods.recipe("either", first, second)
    (methods.directory / "ckpm.yaml").write_text("name: demo\nrequires: [either]\n")
    assert methods.ckpm("lock").returncode == 0
    (methods.server.root / "first.tar").unlink()
    for flag in ("--locked", "--frozen"):
        done = methods.ckpm("sync", flag)
        assert (done.returncode, "first.tar` answers 404" in done.stderr) == (5, True)
    assert not (methods.store / "envs").exists()
    assert methods.ckpm("sync").returncode == 0
    assert {answer.path for answer in methods.server.answers} == {"/first.tar", "/photos-1.tar"}


def test_fetch_then_install_offline(methods: Any) -> None:
    (methods.directory / "ckpm.yaml").write_text("name: demo\nrequires: [photos, labels]\n")
    assert methods.ckpm("fetch").returncode == 0
    asked = len(methods.server.answers)
    assert methods.ckpm("install", "--offline").returncode == 0
    assert len(methods.server.answers) == asked


def test_offline_takes_the_version_that_is_here(methods: Any) -> None:
    methods.ckpm("install", "photos@1")
    methods.ckpm("remove", "photos")
    done = methods.ckpm("install", "photos", "--offline")
    assert done.returncode == 0
    assert methods.ckpm("exec", "--", "sh", "-c", "cat $CKPM_PHOTOS_CAT").stdout == "cat 1\n"


def test_a_silent_host_bans_nothing_that_is_here(methods: Any, silent: str) -> None:
    methods.ckpm("install", "photos@1")
    first, second = (
        {**methods.archive(f"{name}.tar", (methods.server.root / f"{name}.tar").read_bytes()),
         "urls": [f"{silent}/{name}.tar"], "strip": "1", "versions": [name[-1]]}
        for name in ("photos-1", "photos-2")
    )  # fmt: skip
    methods.recipe("silent", second, first)
    done = methods.ckpm("install", "silent")
    assert (done.returncode, "silent 2 from archive is left out" in done.stderr) == (0, True)


@pytest.mark.parametrize("version", [">=r27c", "@r27c", ">=1!2x"])
def test_versions_of_another_scheme_meet_nothing(methods: Any, version: str) -> None:
    recipe = methods.directory / ".ckpm/recipes/photos.yaml"
    recipe.write_text(recipe.read_text() + "version_scheme: pep440\n")
    assert methods.ckpm("resolve", f"photos{version}").returncode == 3
