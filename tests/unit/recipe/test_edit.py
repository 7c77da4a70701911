from __future__ import annotations

import pytest

from ckpm.model.requirement import parse_requirement
from ckpm.recipe.edit import declare, new_environment, require, unrequire
from ckpm.schema.documents import parse_document

COMMENTED = """\
# my project
name: demo
requires:   # what it needs
  - numpy>=2      # arrays
  - {package: tensorflow, when: {platform: "linux-*"}}
workflows: {}
"""


def test_adds_at_the_end_and_keeps_comments() -> None:
    text = require(COMMENTED, parse_requirement("pillow>=11"))
    assert text == COMMENTED.replace("workflows", "  - pillow>=11\nworkflows")


def test_replaces_the_requirement_of_the_same_package() -> None:
    text = require(COMMENTED, parse_requirement("numpy@2.1"))
    assert text == COMMENTED.replace("numpy>=2 ", "numpy==2.1.* ")


def test_removes_only_its_line() -> None:
    assert unrequire(COMMENTED, "numpy") == COMMENTED.replace("  - numpy>=2      # arrays\n", "")
    assert unrequire(COMMENTED, "scipy") is None


@pytest.mark.parametrize("text", ["name: x\nrequires: [a]\n", "name: x\nrequires:\n- a\n"])
def test_removing_the_last_leaves_an_empty_list(text: str) -> None:
    left = unrequire(text, "a")
    assert left == "name: x\nrequires: []\n"
    assert require(left, parse_requirement("b")) == "name: x\nrequires:\n  - b\n"


def test_declares_packages_beside_each_other() -> None:
    text = declare(
        new_environment("x"), "one", {"kind": "model", "from": "file", "path": "a.tflite"}
    )
    text = declare(
        text, "two", {"kind": "dataset", "from": "archive", "urls": ["https://e.org/d.zip"]}
    )
    packages = parse_document(text, "x").entries["packages"]
    assert list(packages.entries) == ["one", "two"]  # type: ignore[union-attr]


def test_variants_that_coexist_stand_beside_each_other() -> None:
    text = require("name: x\n", parse_requirement("data:images=50"), coexist=["images"])
    text = require(text, parse_requirement("data:images=5000"), coexist=["images"])
    assert text.count("data:images=") == 2
    assert (
        require(text, parse_requirement("data:images=50>=1"), coexist=["images"]).count("data") == 2
    )
