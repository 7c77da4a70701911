"""Tasks for developers: `nox` runs what continuous integration runs, apart from its set-up."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "uv|venv"
nox.options.sessions = ["lint", "types", "tests"]


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and the layers between packages."""
    session.install("-e", ".[dev,test]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.install("-e", ".[dev,test]")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """The suite; arguments go to pytest."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """The suite with the lowest versions that pyproject.toml allows."""
    session.install("uv")
    session.run("uv", "pip", "install", "--resolution", "lowest-direct", "-e", ".[test]")
    session.run("pytest", "-m", "not network", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The site, and its generated pages compared."""
    session.install("-e", ".[docs]")
    session.run("python", "docs/generate.py", "--check")
    session.run("mkdocs", "build", "--strict")
