"""What tells results apart, and what an environment's Python is kept from."""

from __future__ import annotations

from dataclasses import replace

from ckpm.config.platforms import known_platforms
from ckpm.model.environment import OWN_PYTHON
from ckpm.model.lock import Artifact, LockedPackage
from ckpm.model.plan import PackageStep
from ckpm.model.recipe import Digest, Recipe, Source
from ckpm.plan.changes import Placed, environment_changes
from ckpm.plan.keys import package_key

NATIVE = known_platforms()["linux-x86_64"]
SOURCE = Source("pypi", details=(("distribution", "scikit-image"), ("layout", "files")))


def key(digest: str) -> str:
    file = Artifact("x.whl", 1, (Digest("sha256", digest),), (), "pypi", "scikit-image==0.26.0")
    package = LockedPackage("photos", "0.26.0", "pypi", "dataset", artifacts=(file,))
    recipe = Recipe("photos", "dataset", "", sources=(SOURCE,))
    return package_key(PackageStep(package, recipe, SOURCE, NATIVE, key=""))


def test_data_of_other_bytes_is_another_result() -> None:
    """A lock with its own digest would otherwise make what every later environment gets."""
    assert key("ab" * 32) != key("cd" * 32)


def test_an_environment_with_a_python_alone_keeps_the_shells_paths_out_too() -> None:
    python = Placed(LockedPackage("python", "3.11.7", "detected"), None, "/usr", in_store=False)
    changes = environment_changes([python], NATIVE, NATIVE, None)
    assert set(OWN_PYTHON) <= set(changes)
    tool = replace(python, package=LockedPackage("cmake", "3.25", "detected"))
    assert set(OWN_PYTHON).isdisjoint(environment_changes([tool], NATIVE, NATIVE, None))
