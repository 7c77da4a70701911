"""Runs both as ``python -m benchmarks.resolver`` and as ``python benchmarks/resolver``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    if not __package__:
        # Its own folder first on the path would hide libraries of the same names.
        sys.path[0] = str(Path(__file__).resolve().parents[2])
    from benchmarks.resolver.command import main

    sys.exit(main())
