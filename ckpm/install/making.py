"""What other stages contribute while something is made; the session passes it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckpm.model.environment import EnvChange
from ckpm.model.installation import Installation
from ckpm.model.plan import GenerationStep, PackageStep

Scripts = Callable[[GenerationStep, str, tuple[EnvChange, ...]], dict[str, str]]
"""(step, directory, changes) to the activation scripts by file name."""

Check = Callable[[PackageStep, Path, Sequence[str]], Sequence[str]]
"""(step, product, places it must not speak of) to what is wrong with the product."""


def compiler_cache(installed: Callable[[str], Sequence[Installation]]) -> str | None:
    """Return the compiler cache that is installed, if one is."""
    found = (*installed("ccache"), *installed("sccache"))
    return found[0].executable if found else None


@dataclass(frozen=True)
class Making:
    """``launcher`` tells which compiler cache there is."""

    scripts: Scripts
    launcher: Callable[[], str | None] = lambda: None
    check: Check = lambda *_: ()
