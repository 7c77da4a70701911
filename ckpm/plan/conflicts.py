"""What a refusal of the Python closure means for the solver."""

from __future__ import annotations

from collections.abc import Sequence

from ckpm.model.refusals import ClosureConflictError
from ckpm.model.resolution import Nogood, Resolution
from ckpm.plan.locking import is_distribution, pin


def conflicting_pins(
    error: ClosureConflictError, resolution: Resolution, known: Sequence[Nogood]
) -> Nogood:
    """Return the pins that uv's text names, else all of them, as what must not stand together.

    Raises:
        ClosureConflictError: the one given, when forbidding that would lead nowhere.
    """
    pins = [candidate for candidate in resolution if is_distribution(candidate)]
    named = [c for c in pins if pin(c).split("[")[0].split("==")[0] in error.text]
    nogood = frozenset((c.package, c.scope, str(c.version)) for c in named or pins)
    if nogood in known or len(nogood) < 2:
        raise error
    return nogood
