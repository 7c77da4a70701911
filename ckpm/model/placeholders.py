"""Placeholders in content: literal substitutions, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ckpm.errors import UsageError

_PLACEHOLDER = re.compile(r"\{([a-z][A-Za-z0-9_.-]*)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with ``{prefix}``, ``{target.triple}`` and the like replaced.

    Raises:
        UsageError: for a name that has no value here, with those that have.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            known = ", ".join(f"{{{name}}}" for name in sorted(values))
            raise UsageError(
                f"`{match[0]}` in `{text}` stands for nothing here", hints=[f"known: {known}"]
            )
        return values[match[1]]

    return _PLACEHOLDER.sub(value, text)


def variable_prefix(package: str) -> str:
    """Return how a package's own variables start: ``CKPM_MODEL_SSD_MOBILENET``."""
    return "CKPM_" + re.sub(r"[^A-Z0-9]", "_", package.upper())
