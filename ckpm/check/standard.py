"""What a product is held to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ckpm.check.findings import Severity
from ckpm.check.supply import Supply
from ckpm.model.platform import Platform


@dataclass(frozen=True, slots=True)
class Standard:
    """The target, what is there beside the product, and how strictly to judge.

    ``roots`` are the directories that the product may point into, ``forbidden`` are paths that must
    appear nowhere in it; of two that hold the same path the deeper one counts. What was
    ``built_here`` can be built again, so its faults are errors.
    """

    platform: Platform
    supply: Supply
    roots: tuple[Path, ...] = ()
    forbidden: tuple[str, ...] = ()
    built_here: bool = False

    @property
    def fault(self) -> Severity:
        """How grave a fault is that does not stop every use of the product."""
        return "error" if self.built_here else "warning"

    def having(self, names: Iterable[str]) -> Standard:
        """Return the same standard for a product that has these libraries itself."""
        return replace(self, supply=self.supply.with_names(names))

    def allows(self, path: str) -> bool:
        """Whether an absolute path points into the environment, and not to where it was made."""
        return _depth(path, self.roots) > _depth(path, self.forbidden)

    def forbids(self, path: str) -> bool:
        """Whether an absolute path points to where the product was made, and will not be."""
        return _depth(path, self.forbidden) >= max(_depth(path, self.roots), 1)


def _depth(path: str, directories: Iterable[str | Path]) -> int:
    """Return the length of the longest directory that holds a path: the nearest one decides."""
    inner = os.path.normpath(path)
    outers = (os.path.normpath(directory).rstrip("/") for directory in directories)
    return max((len(o) for o in outers if inner == o or inner.startswith(f"{o}/")), default=0)
