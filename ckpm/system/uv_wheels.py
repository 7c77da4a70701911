"""What a closure's wheels are to uv: lines to install by, and whether they are for a platform."""

from __future__ import annotations

from ckpm.errors import CkpmError, IntegrityError, UnsatisfiableError
from ckpm.model.lock import Closure
from ckpm.model.platform import Platform
from ckpm.model.wheel_tags import is_fitting, no_python_part


def pinned_lines(closure: Closure) -> list[str]:
    """Return the closure as requirement lines with hashes, which is all that installing reads."""
    return [
        " ".join(
            [f"{d.name}=={d.version}", *(f"--hash=sha256:{wheel.sha256}" for wheel in d.wheels)]
        )
        for d in closure.distributions
    ]


def no_part(platform: Platform) -> CkpmError:
    """Return the error for a platform that has no Python part."""
    reason = no_python_part(platform) or f"uv chooses no wheels for {platform} with so old a glibc"
    return UnsatisfiableError([reason], remedies=[])


def refuse_unfit(closure: Closure, platform: Platform) -> None:
    """Make sure that every distribution of a closure has a wheel for its Python on a platform.

    Raises:
        IntegrityError: for the first that has none.
    """
    for distribution in closure.distributions:
        names = [wheel.name for wheel in distribution.wheels]
        if not any(is_fitting(name, closure.python, platform) for name in names):
            raise IntegrityError(
                f"`{names[0] if names else distribution.name}` is no wheel for Python"
                f" {closure.python} on {platform}",
                hints=[
                    f"lock again: `ckpm lock --target {platform}`",
                    f"`ckpm target show {platform}` lists the tags of wheels that it takes",
                ],
            )
