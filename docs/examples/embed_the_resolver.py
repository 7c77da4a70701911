"""Choose versions of packages that ckpm has no recipes for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from ckpm.errors import UnsatisfiableError
from ckpm.resolve import Terms, choose

# What the caller knows: package, then version, then what that version needs.
SHELF: Mapping[str, Mapping[str, Sequence[str]]] = {
    "camera-app": {"2.0": ["detector>=3"], "1.5": ["detector>=2,<3"]},
    "detector": {"3.1": ["kernels>=5"], "2.4": ["kernels>=4,<5"]},
    "kernels": {"5.0": [], "4.8": [], "4.7": []},
}


class Shelf:
    """The caller's packages, as the resolver asks for them: one at a time, when reached."""

    def versions(self, name: str) -> Iterable[str]:
        """Return the versions of a package; this may ask a database or a server."""
        return SHELF.get(name, {})

    def needs(self, name: str, version: str) -> Iterable[str]:
        """Return what one version needs."""
        return SHELF[name][version]


def show(*requests: str, terms: Terms | None = None) -> None:
    """Print the chosen version of every package."""
    chosen = choose(requests, Shelf(), terms)
    print({choice.candidate.package: str(choice.candidate.version) for choice in chosen})


show("camera-app")
show("camera-app", terms=Terms(constraints=["kernels<5"]))
show("camera-app", terms=Terms(constraints=["kernels<5"], locked={"kernels": "4.7"}))
try:
    excluded = {"kernels": {"5.0": "its licence is not for us"}}
    show("camera-app>=2", terms=Terms(excluded=excluded))
except UnsatisfiableError as error:
    print(error)
    print([remedy.text for remedy in error.remedies])
print("loaded:", [name for name in ("yaml", "requests") if name in sys.modules])
