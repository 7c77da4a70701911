"""Find, read and validate content files."""

from ckpm.recipe.catalog import Catalog
from ckpm.recipe.load import load_detectors, load_environment, load_recipe

__all__ = ["Catalog", "load_detectors", "load_environment", "load_recipe"]
