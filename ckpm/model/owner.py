"""Owners: which package of which package manager a file belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """A package as its manager knows it; the version is the full one, ``12.2.0-14+deb12u1``."""

    manager: str
    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.manager} {self.package} {self.version}"
