"""Compilers of described machines: can they compile for a target, and for which C library?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm._content import bundled_dir
from ckpm.config.platforms import known_platforms
from ckpm.detect.compilers import judge_compiler
from ckpm.model.installation import Installation
from ckpm.model.machine import Answer, Machine, MachineFile
from ckpm.model.toolchain import Compiling
from ckpm.model.version import Version
from ckpm.recipe import load_recipe
from ckpm.recipe.machines import described_host

CASES = Path(__file__).parents[2] / "cases" / "compilers.yaml"


def file(said: str | dict[str, str] | None) -> MachineFile:
    """Return a file with a text, or a program by what it answers to arguments."""
    if isinstance(said, dict):
        return MachineFile(answers={asked: Answer(answer) for asked, answer in said.items()})
    return MachineFile(content=(said or "").encode())


@pytest.mark.parametrize(
    "case", yaml.safe_load(CASES.read_text(encoding="utf-8")), ids=lambda case: case["name"]
)
def test_a_compiler_is_judged_by_what_is_there(case: dict[str, Any]) -> None:
    files = {path: file(said) for path, said in case["files"].items()}
    host = described_host(Machine(files=files, facts=case.get("facts", {})))
    recipe = load_recipe(bundled_dir("recipes") / f"{case['package']}.yaml")
    prefix = case.get("prefix", "/usr")
    found = Installation(case["package"], Version("12.2.0"), prefix, (case["executable"],))
    described = known_platforms()[case["target"]]
    target = replace(described, sysroots=tuple(case.get("sysroots", described.sysroots)))
    judged = judge_compiler(host, found, recipe, target)
    assert judged == Compiling(case.get("fault"), case.get("glibc"))
