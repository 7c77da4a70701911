"""Which Python indexes are configured: uv's settings first, then pip's."""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Mapping
from pathlib import Path

Indexes = tuple[str, ...]

STOCK = ""
"""Stands for the index that nobody configured."""


def configured_indexes(environ: Mapping[str, str]) -> Indexes:
    """Return the index addresses in force, the default one first.

    Nothing configured gives ``STOCK``: whatever the clients take by themselves. Only web addresses
    count: a local directory cannot be locked for anybody else.
    """
    default = _first(environ, ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")) or next(
        _pip_values(environ, "index-url"), None
    )
    extra = [
        *_listed(environ, ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL")),
        *_pip_values(environ, "extra-index-url"),
    ]
    web = [url for url in (default, *extra) if url and url.startswith(("https://", "http://"))]
    return tuple(dict.fromkeys(web if default else [STOCK, *web])) or (STOCK,)


def index_address(index: str) -> str:
    """Return the address of an index; the stock one's is pypi-simple's default."""
    if index != STOCK:
        return index
    # Half a second to import, so only when the network is asked anyway.
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    return PYPI_SIMPLE_ENDPOINT


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((environ[name].strip() for name in names if environ.get(name)), None)


def _listed(environ: Mapping[str, str], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from environ.get(name, "").split()


def _pip_values(environ: Mapping[str, str], key: str) -> Iterator[str]:
    for path in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("install", "global"):
            if parser.has_option(section, key):
                yield from parser.get(section, key).split()


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield pip's configuration files, the strongest first (pip's documentation, Configuration)."""
    if stated := environ.get("PIP_CONFIG_FILE"):
        yield Path(stated)
    home = Path(environ.get("HOME") or Path.home())
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    yield home / ".pip" / "pip.conf"
    yield Path("/etc/pip.conf")
    yield Path("/etc/xdg/pip/pip.conf")
