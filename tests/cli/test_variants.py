"""A choice of an environment's options has a name, by which every command finds it."""

from __future__ import annotations

import json
from typing import Any

import pytest

DECLARED = """
name: demo
requires:
  - photos@1
  - {package: photos, when: {extra: labels}}
  - {package: labels, when: {extra: labels}}
options:
  extra: {values: [none, labels], default: none, summary: what there is beside photographs}
"""
NAME = "demo+extra=labels"


@pytest.fixture
def variant(methods: Any) -> Any:
    """The project, with one variant of its environment installed."""
    (methods.directory / "ckpm.yaml").write_text(DECLARED)
    assert methods.ckpm("install", "-e", NAME).returncode == 0
    return methods


COMMANDS = {
    "list": (["list"], "labels"),
    "status": (["status"], "labels"),
    "show": (["env", "show"], "/demo-"),
    "exec": (["exec"], "cat 1"),
    "check": (["check"], ""),
    "lock": (["lock"], ""),
    "activate": (["activate", "--shell", "bash"], "extra=labels"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_its_name_is_understood(name: str, variant: Any) -> None:
    command, said = COMMANDS[name]
    rest = ["--", "sh", "-c", "cat $CKPM_PHOTOS_CAT"] if name == "exec" else []
    done = variant.ckpm(*command, "-e", NAME, *rest)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout


def packages(project: Any, *options: str) -> set[str]:
    """The names of what an environment has."""
    listed = json.loads(project.ckpm("list", "--json", *options).stdout)["result"]
    return {package["name"] for package in listed["packages"]}


def test_it_has_a_lock_and_packages_of_its_own(variant: Any) -> None:
    assert variant.ckpm("install").returncode == 0
    assert [packages(variant), packages(variant, "-e", NAME)] == [{"photos"}, {"photos", "labels"}]
    assert (variant.directory / "ckpm.extra=labels.lock").is_file()


def test_it_is_listed_as_it_is_called(variant: Any) -> None:
    listed = json.loads(variant.ckpm("env", "list", "--json").stdout)["result"]
    (key,) = (row["name"] for row in listed if row["name"].startswith("demo"))
    assert key.endswith("+extra=labels")


WRONG = {
    "no option": ("demo+extras=labels", 2, "has no option `extras`"),
    "no value": ("demo+extra=many", 2, "one of none, labels"),
    "no pair": ("demo+labels", 2, "NAME+option=value"),
    "nothing": ("demo+", 2, "NAME+option=value"),
    "a path": ("demo+extra=../labels", 2, "NAME+option=value"),
    "no environment": ("other+extra=labels", 4, "no environment `other`"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_name_that_says_nothing_is_refused(name: str, variant: Any) -> None:
    said, code, message = WRONG[name]
    done = variant.ckpm("lock", "-e", said)
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
