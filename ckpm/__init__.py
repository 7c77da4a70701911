"""A meta package manager and environment resolver for machine-learning systems."""

from __future__ import annotations

# Not from typing, which costs as much to import as `ckpm --version` may take.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ckpm.errors import CkpmError
    from ckpm.session import Session

__version__ = "0.1.0"
__all__ = ["CkpmError", "Session", "__version__"]


def __getattr__(name: str) -> object:
    # Lazy, because `ckpm --version` and `ckpm activate` must not pay for the whole library.
    if name == "Session":
        from ckpm.session import Session

        return Session
    if name == "CkpmError":
        from ckpm.errors import CkpmError

        return CkpmError
    raise AttributeError(name)
