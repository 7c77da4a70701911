"""What is found wrong with a product, or worth knowing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one file; ``file`` is relative to the product.

    An ``error`` is what will not work on the target, a ``warning`` what may not, and a ``note``
    is neither. ``rule`` is the stable name of what was looked at.
    """

    severity: Severity
    file: str
    rule: str
    message: str
    hint: str = ""

    def plain(self) -> dict[str, str]:
        """Return it as plain data."""
        return {
            "severity": self.severity,
            "rule": self.rule,
            "file": self.file,
            "message": self.message,
            "hint": self.hint,
        }


def by_weight(finding: Finding) -> tuple[int, str, str]:
    """Sort errors before warnings before notes, and then by file."""
    return SEVERITIES.index(finding.severity), finding.file, finding.rule
