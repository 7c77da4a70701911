from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solving.asking import requirements

from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.recipe.edit import declare, new_environment, require, unrequire
from ckpm.schema.documents import parse_document, plain

COMMENTED = """\
# my project
name: demo
requires:   # what it needs
  - numpy>=2      # arrays
  - {package: tensorflow, when: {platform: "linux-*"}}
workflows: {}
"""


def asked(*texts: str) -> list[Requirement]:
    return [parse_requirement(text) for text in texts]


def images(_package: str) -> Sequence[str]:
    return ["images"]


def test_adds_at_the_end_and_keeps_comments() -> None:
    text = require(COMMENTED, asked("pillow>=11"))
    assert text == COMMENTED.replace("workflows", "  - pillow>=11\nworkflows")


def test_replaces_the_requirement_of_the_same_package() -> None:
    text = require(COMMENTED, asked("numpy@2.1"))
    assert text == COMMENTED.replace("numpy>=2 ", "numpy==2.1.* ")


def test_removes_only_its_line() -> None:
    assert unrequire(COMMENTED, "numpy") == COMMENTED.replace("  - numpy>=2      # arrays\n", "")
    assert unrequire(COMMENTED, "scipy") is None


@pytest.mark.parametrize("text", ["name: x\nrequires: [a]\n", "name: x\nrequires:\n- a\n"])
def test_removing_the_last_leaves_an_empty_list(text: str) -> None:
    left = unrequire(text, "a")
    assert left == "name: x\nrequires: []\n"
    assert require(left, asked("b")) == "name: x\nrequires:\n  - b\n"


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
    text = require("name: x\n", asked("data:images=50"), coexist=images)
    text = require(text, asked("data:images=5000", "data:images=5000>=1"), coexist=images)
    assert text.count("data:images=") == 3
    text = require(text, asked("data:images=5000>=2"), coexist=images)
    assert text == "name: x\nrequires:\n  - data:images=50\n  - data:images=5000>=2\n"


def test_several_of_one_package_stand_in_place_of_all_others() -> None:
    text = COMMENTED.replace("  - {", "  - numpy!=2.3\n  - {")
    text = require(text, asked("pillow", "numpy<3", "numpy>=2"))
    assert text == COMMENTED.replace("  - {", "  - numpy<3\n  - {").replace(
        "workflows", "  - pillow\nworkflows"
    )
    assert require(text, asked("numpy<3", "numpy>=2", "pillow")) == text
    assert unrequire(text, "numpy") == unrequire(
        COMMENTED.replace("workflows", "  - pillow\nworkflows"), "numpy"
    )


def test_what_is_required_under_a_condition_stays_beside_what_is_asked_for() -> None:
    text = require(COMMENTED, asked("tensorflow@2.16"))
    assert text == COMMENTED.replace("workflows", "  - tensorflow==2.16.*\nworkflows")


BRACKETS = """\
name: x
requires: [one-more, one,
  {package: tensorflow, when: {accel: cuda}},
  {package: python>=3.10, ability: develop}
  ]
workflows: {}
"""


def test_a_list_in_brackets_loses_nothing() -> None:
    text = require(BRACKETS, asked("one>=1,<2", "python>=3.11,<4"))
    requires = plain(parse_document(text, "x"))["requires"]
    assert requires == [
        "one-more",
        "one>=1,<2",
        {"package": "tensorflow", "when": {"accel": "cuda"}},
        {"package": "python>=3.11,<4", "ability": "develop"},
    ]
    assert text.endswith("workflows: {}\n")


OVER_LINES = """\
requires:
- package: "python>=3.10"   # the headers too
  ability: develop
- numpy>=2,
   <3
- {package: pack,
   when: {accel: cuda}
  }
"""


def test_items_of_several_lines_are_replaced_and_removed_whole() -> None:
    text = require(OVER_LINES, asked("python", "numpy@2"))
    assert plain(parse_document(text, "x")) == {
        "requires": [
            {"package": "python", "ability": "develop"},
            "numpy==2.*",
            {"package": "pack", "when": {"accel": "cuda"}},
        ]
    }
    assert unrequire(text, "pack") == text[: text.index("- {")]


@given(st.lists(requirements(), max_size=4), st.lists(requirements(), min_size=1, max_size=6))
def test_what_is_written_is_what_was_asked(
    before: list[Requirement], more: list[Requirement]
) -> None:
    written = require(require("name: x\n", before), more)
    listed = plain(parse_document(written, "x")).get("requires", [])
    read = [parse_requirement(text) for text in listed]
    packages = {each.package for each in more}
    assert {each for each in read if each.package in packages} == set(more)
    assert [r for r in read if r.package not in packages] == [
        r for r in dict.fromkeys(before) if r.package not in packages
    ]
    assert require(written, more) == written


@pytest.mark.parametrize("listed", ["[numpy, scipy]", "[ numpy,  scipy ]", "\n- numpy\n- scipy"])
@pytest.mark.parametrize("asked", [[], ["numpy"], ["scipy", "numpy"]])
def test_what_is_required_already_leaves_the_file_as_it_is(listed: str, asked: list[str]) -> None:
    text = f"name: x\nrequires: {listed}\n# the end\n"
    assert require(text, [parse_requirement(each) for each in asked]) == text
