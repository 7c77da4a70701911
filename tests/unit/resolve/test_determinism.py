"""One question has one answer: whatever the hash seed, and in whatever order it is put."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from solving.problems import random_problem

from ckpm.errors import UnsatisfiableError
from ckpm.model.platform import Platform
from ckpm.recipe.questions import read_question
from ckpm.resolve import answer_question

HERE = Platform("here", os="linux", arch="x86_64", triple="x86_64-linux-gnu")
PROGRAM = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from unit_determinism import answers
print(hashlib.sha256(repr(answers(range(300))).encode()).hexdigest())
"""


def said(document: dict[str, Any]) -> list[str]:
    try:
        resolution = answer_question(read_question(document, "a problem"), HERE)
    except UnsatisfiableError as error:
        return [*error.lines, *error.hints]
    return [f"{c.scope}/{c}" for c in resolution]


def answers(seeds: range) -> list[list[str]]:
    return [said(random_problem(random.Random(seed))) for seed in seeds]  # noqa: S311


def test_is_the_same_for_every_hash_seed(tmp_path: Path) -> None:
    (tmp_path / "unit_determinism.py").write_bytes(Path(__file__).read_bytes())
    tests = str(Path(__file__).parents[2])
    digests = set()
    for seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": tests, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)
    assert len(digests) == 1


@pytest.mark.parametrize("seed", range(200))
def test_is_the_same_in_whatever_order_packages_are_written(seed: int) -> None:
    document = random_problem(random.Random(seed))  # noqa: S311
    # The order of providers, and under `given` that of versions, is part of what is said.
    if "provides" in repr(document) or document.get("scheme") == "given":
        return
    packages = document["packages"]
    shuffled = {name: dict(reversed(packages[name].items())) for name in reversed(packages)}
    assert said(document) == said({**document, "packages": shuffled})
