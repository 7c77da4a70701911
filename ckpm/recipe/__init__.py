"""Find, read and validate content files."""

from ckpm.recipe.content import Content
from ckpm.recipe.load import load_detectors, load_environment, load_recipe

__all__ = ["Content", "load_detectors", "load_environment", "load_recipe"]
