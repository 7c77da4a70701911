"""Products made by real compilers and judged: each case says all that must be found.

``make`` are commands; ``found`` are ``severity rule file: a part of the message``, errors and
warnings all of them, notes where the case asks for ``notes``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.check import Finding, check_product
from ckpm.check.findings import by_weight
from ckpm.config.platforms import known_platforms
from ckpm.model.platform import Platform, parse_target

CASES_DIR = Path(__file__).parents[2] / "cases" / "check"


def cases() -> Iterator[Any]:
    for file in sorted(CASES_DIR.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}-{case['name']}")


def target(text: str) -> Platform:
    known = known_platforms()
    return parse_target(text, known, known["linux-x86_64"])


def make(case: dict[str, Any], places: dict[str, str]) -> None:
    """Write the sources and run the commands, in the directory of the sources."""
    for path, text in case.get("sources", {"a.c": "int f(void) { return 1; }"}).items():
        place = Path(path.format(**places) if "{" in path else f"{places['build']}/{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(filled(text, places))
    for command in case.get("make", []):
        argv = [word.format(**places) for word in command.split()]
        if shutil.which(argv[0]) is None:
            pytest.skip(f"there is no {argv[0]} here")
        done = subprocess.run(
            argv, cwd=places["build"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    for path, link in case.get("links", {}).items():
        place = Path(places["product"], path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(link.format(**places))


def filled(text: str, places: dict[str, str]) -> str:
    """Put places into a text that may hold other braces, as C does."""
    for name, place in places.items():
        text = text.replace(f"{{{name}}}", place)
    return text


def told(finding: Finding) -> str:
    return f"{finding.severity} {finding.rule} {finding.file}: {finding.message}"


@pytest.mark.parametrize("case", list(cases()))
def test_what_is_found_of_a_product(case: dict[str, Any], tmp_path: Path) -> None:
    places = {name: str(tmp_path / name) for name in ("build", "product", "beside")}
    for place in places.values():
        Path(place, "lib").mkdir(parents=True)
    make(case, places)
    found = check_product(
        Path(places["product"]),
        target(case["target"]),
        beside=[Path(places["beside"])],
        forbidden=[path.format(**places) for path in case.get("forbidden", ["{build}"])],
        built_here=case.get("built", True),
    )
    assert found == sorted(found, key=by_weight)
    seen = [told(f) for f in found if case.get("notes") or f.severity != "note"]
    expected = [text.format(**places) for text in case["found"]]
    missing = [text for text in expected if not any(matches(text, line) for line in seen)]
    assert (missing, len(seen)) == ([], len(expected)), "\n".join(seen)


def matches(expected: str, line: str) -> bool:
    """Whether a line tells of the same file, and its message holds the expected part."""
    place, _, part = expected.partition(": ")
    return line.startswith(f"{place}: ") and part in line


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc here")
def test_a_search_path_may_be_very_long(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int f(void) { return 1; }")
    path = ":".join(f"$ORIGIN/../a_directory_with_a_long_name_{n}" for n in range(600))
    argv = ["gcc", "-shared", "-fPIC", "a.c", "-o", "liba.so", f"-Wl,-rpath,{path}"]
    subprocess.run(argv, cwd=tmp_path, check=True)
    found = check_product(tmp_path, target("linux-x86_64"))
    assert [f for f in found if f.severity != "note"] == []


def test_hints_are_single_sentences_in_lower_case(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to("/nowhere/at/all")
    [finding] = check_product(tmp_path, target("linux-x86_64"), built_here=True)
    assert finding.message[0].islower()
    assert not finding.message.endswith(".")
