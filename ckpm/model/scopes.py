"""Scopes: the target, the tools of one package, and what compiles for one of those.

Tools of different packages never constrain each other. A toolchain is shared by everything made for
one scope, because what different compilers make often cannot be linked together.
"""

from __future__ import annotations

TARGET_SCOPE = ""
TOOLCHAIN = "toolchain"


def toolchain_scope(scope: str) -> str:
    """Return the scope of what compiles for everything in ``scope``."""
    return f"{scope}/{TOOLCHAIN}" if scope else TOOLCHAIN


def is_toolchain(scope: str) -> bool:
    """Whether a scope is that of a toolchain."""
    return scope.rpartition("/")[2] == TOOLCHAIN


def served_scope(scope: str) -> str:
    """Return the scope that a tool scope makes things for; the target's is itself."""
    return scope.rpartition("/")[0]


def is_below(scope: str, other: str) -> bool:
    """Whether a scope holds tools for what is in another, or for those tools."""
    return scope != other and (not other or scope.startswith(f"{other}/"))


def scope_text(scope: str) -> str:
    """Say in words whose packages these are; empty for the target's."""
    if not is_toolchain(scope):
        return f"tools of {scope}" if scope else ""
    served = served_scope(scope)
    return f"toolchain of {served}" if served else "toolchain"
