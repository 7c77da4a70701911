"""What every test shares: markers that say why a test is left out."""

from __future__ import annotations

import socket
from functools import lru_cache
from urllib.parse import urlsplit

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--heavy", action="store_true", help="also run what moves hundreds of megabytes")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("network") and not index_answers():
        pytest.skip("the Python index cannot be reached from here")
    if item.get_closest_marker("heavy") and not item.config.getoption("--heavy"):
        pytest.skip("moves hundreds of megabytes; run with --heavy")


@lru_cache(maxsize=1)
def index_answers() -> bool:
    """Whether the configured Python index accepts connections."""
    import os

    from ckpm.system.registries.indexes import configured_indexes

    parts = urlsplit(configured_indexes(os.environ)[0])
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=5).close()
    except OSError:
        return False
    return True
