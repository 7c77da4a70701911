"""Build hook: ship the top-level content directories inside the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleContent(BuildHookInterface[Any]):
    """Copy ``recipes/`` and friends to ``ckpm/_bundled/``; an editable install reads in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            for name in ("recipes", "detectors", "envs"):
                build_data["force_include"][str(Path(self.root, name))] = f"ckpm/_bundled/{name}"
