"""Choose one compatible set of candidates."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ckpm.resolve.embed import Packages, Terms, choose
    from ckpm.resolve.listed import answer_question
    from ckpm.resolve.offers import Offers
    from ckpm.resolve.stage import resolve
    from ckpm.resolve.supply import Supply, Wants
    from ckpm.resolve.world import World

# Each caller has one way in, and pays for that alone.
_HOMES = {
    "Packages": "embed",
    "Terms": "embed",
    "choose": "embed",
    "answer_question": "listed",
    "Offers": "offers",
    "World": "world",
    "resolve": "stage",
    "Supply": "supply",
    "Wants": "supply",
}


def __getattr__(name: str) -> object:
    """Load what is asked for when it is."""
    if name not in _HOMES:
        raise AttributeError(f"module `ckpm.resolve` has no `{name}`")
    return getattr(import_module(f"ckpm.resolve.{_HOMES[name]}"), name)


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
