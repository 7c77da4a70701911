"""Find, read and validate content files."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ckpm.recipe.content import Content

if TYPE_CHECKING:
    from ckpm.recipe.load import (
        declared_environment,
        load_detectors,
        load_environment,
        load_recipe,
    )


def __getattr__(name: str) -> object:
    """Load what reads YAML when somebody does."""
    if name not in __all__:
        raise AttributeError(f"module `ckpm.recipe` has no `{name}`")
    return getattr(import_module("ckpm.recipe.load"), name)


__all__ = [
    "Content",
    "declared_environment",
    "load_detectors",
    "load_environment",
    "load_recipe",
]
