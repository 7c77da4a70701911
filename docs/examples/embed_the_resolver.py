"""Choose versions of packages that ckpm has no recipes for."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from ckpm.errors import UnsatisfiableError
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe, Source
from ckpm.model.requirement import parse_requirement
from ckpm.model.resolution import Release
from ckpm.resolve import World, resolve

# What the caller knows: package, then version, then what that version needs.
SHELF: Mapping[str, Mapping[str, Sequence[str]]] = {
    "camera-app": {"2.0": ["detector>=3"], "1.5": ["detector>=2,<3"]},
    "detector": {"3.1": ["kernels>=5"], "2.4": ["kernels>=4,<5"]},
    "kernels": {"5.0": [], "4.8": [], "4.7": []},
}
PROVIDERS: Mapping[str, tuple[str, ...]] = {}
BOARD = Platform("board", os="linux", arch="arm64", triple="aarch64-linux-gnu")


class Shelf:
    """The caller's packages, as the resolver asks for them: one at a time, when reached."""

    def recipe(self, name: str) -> Recipe | None:
        """Return one package, or ``None`` where there is none of that name."""
        known = name in SHELF
        return Recipe(name, "library", name, sources=(Source("shelf"),)) if known else None

    def providers(self, virtual: str) -> tuple[str, ...]:
        """Return the packages that stand in for a virtual one."""
        return PROVIDERS.get(virtual, ())


def releases(recipe: Recipe, _source: Source, _platform: Platform) -> list[Release]:
    """Return the versions of one package; this may ask a database or a server."""
    return [
        Release(version, tuple(parse_requirement(need) for need in needs))
        for version, needs in SHELF[recipe.name].items()
    ]


def choose(*requests: str) -> dict[str, str]:
    """Return the chosen version of every package."""
    world = World(Shelf(), target=BOARD, build=BOARD, releases=releases)
    resolution = resolve([parse_requirement(text) for text in requests], world)
    return {candidate.package: str(candidate.version) for candidate in resolution}


print(choose("camera-app"))
print(choose("camera-app", "kernels<5"))
try:
    choose("camera-app>=2", "kernels<5")
except UnsatisfiableError as error:
    print(error)
print("loaded:", [name for name in ("yaml", "requests") if name in sys.modules])
