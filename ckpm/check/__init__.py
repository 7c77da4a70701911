"""Judge whether products will run on their target, and what they still know of their build."""

from ckpm.check.environment import Judged, check_environment, check_paths
from ckpm.check.findings import Finding, Severity
from ckpm.check.judge import check_product

__all__ = [
    "Finding",
    "Judged",
    "Severity",
    "check_environment",
    "check_paths",
    "check_product",
]
