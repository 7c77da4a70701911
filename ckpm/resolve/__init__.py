"""Choose one compatible set of candidates."""

from ckpm.resolve.embed import Packages, Terms, choose
from ckpm.resolve.offers import Offers, World
from ckpm.resolve.resolve import answer_question, resolve
from ckpm.resolve.supply import Supply, Wants

__all__ = [
    "Offers",
    "Packages",
    "Supply",
    "Terms",
    "Wants",
    "World",
    "answer_question",
    "choose",
    "resolve",
]
