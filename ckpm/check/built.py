"""Judge what was just built, before anybody can use it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ckpm.model.plan import PackageStep


def built_faults(step: PackageStep, product: Path, forbidden: Sequence[str]) -> list[str]:
    """Return what will not work on the step's platform, one line each.

    ``forbidden`` are places that the product must not speak of, such as that of the build.
    """
    from ckpm.check.judge import check_product

    beside = [Path(prefix) for _, prefix in step.inputs]
    found = check_product(
        product, step.platform, beside=beside, forbidden=forbidden, built_here=True
    )
    return [f"{each.file}: {each.message}" for each in found if each.severity == "error"]
