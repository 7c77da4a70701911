"""Choose one compatible set of candidates."""

from ckpm.resolve.offers import Offers, World
from ckpm.resolve.resolve import resolve

__all__ = ["Offers", "World", "resolve"]
