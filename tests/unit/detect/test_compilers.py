"""Compilers of described machines: can they compile for a target, and for which C library?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm._content import bundled_dir
from ckpm.config.platforms import known_platforms
from ckpm.detect.compilers import judge_compiler
from ckpm.model.installation import Installation
from ckpm.model.machine import Machine, MachineFile
from ckpm.model.toolchain import Compiling
from ckpm.model.version import Version
from ckpm.recipe import load_recipe
from ckpm.recipe.machines import described_host

CASES = Path(__file__).parents[2] / "cases" / "compilers.yaml"


@pytest.mark.parametrize(
    "case", yaml.safe_load(CASES.read_text(encoding="utf-8")), ids=lambda case: case["name"]
)
def test_a_compiler_is_judged_by_what_is_there(case: dict[str, Any]) -> None:
    files = {
        path: MachineFile(content=(text or "").encode()) for path, text in case["files"].items()
    }
    host = described_host(Machine(files=files, facts=case.get("facts", {})))
    recipe = load_recipe(bundled_dir("recipes") / f"{case['package']}.yaml")
    found = Installation(case["package"], Version("12.2.0"), "/usr", (case["executable"],))
    target = known_platforms()[case["target"]]
    judged = judge_compiler(host, found, recipe, target)
    assert judged == Compiling(case.get("fault"), case.get("glibc"))
