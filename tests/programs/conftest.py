"""Load the programs that live beside recipes, which are not on Python's path."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ckpm._content import bundled_dir

RECIPES_DIR = bundled_dir("recipes")
DETECTION_DIR = RECIPES_DIR / "object-detection" / "python"


@pytest.fixture
def recipes_dir() -> Path:
    return RECIPES_DIR


@pytest.fixture
def load_detection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the detection program by name, and forget it and its siblings after."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(DETECTION_DIR))
    yield importlib.import_module
    siblings = {file.stem for file in DETECTION_DIR.glob("*.py")}
    for name in (set(sys.modules) - before) & siblings:
        del sys.modules[name]


@pytest.fixture
def load_program() -> Callable[[str], ModuleType]:
    """Return a function that loads one file below ``recipes/`` as a module."""

    def load(path: str) -> ModuleType:
        file = RECIPES_DIR / path
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
