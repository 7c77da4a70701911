"""How long work tells of itself: through an object passed in, never by printing."""

from __future__ import annotations

from typing import Protocol


class Task(Protocol):
    """One piece of work under way."""

    def advance(self, amount: int) -> None: ...

    def done(self) -> None: ...


class Reporter(Protocol):
    """Whoever wants to know; methods may be called from several threads."""

    def note(self, text: str) -> None: ...

    def task(self, title: str, total_bytes: int | None = None) -> Task: ...


class _SilentTask:
    def advance(self, amount: int) -> None:
        """Say nothing."""

    def done(self) -> None:
        """Say nothing."""


class SilentReporter:
    """Nobody wants to know."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def task(self, title: str, total_bytes: int | None = None) -> Task:
        """Return a task that says nothing."""
        return _SilentTask()
