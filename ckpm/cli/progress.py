"""Progress on a terminal: bars for long work, one line for the rest."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, NoReturn

from ckpm.cli.failure import harmless
from ckpm.system.report import Task

if TYPE_CHECKING:
    from tqdm import tqdm


class _Bar:
    """A bar that appears with the first bytes."""

    def __init__(self, bar: tqdm[NoReturn]) -> None:
        self.bar = bar
        self.lock = threading.Lock()

    def advance(self, amount: int) -> None:
        with self.lock:
            self.bar.update(amount)

    def done(self) -> None:
        with self.lock:
            self.bar.close()


class _Line:
    """A task without a terminal: one line when it starts."""

    def __init__(self, title: str, *, quiet: bool) -> None:
        if not quiet:
            sys.stderr.write(f"  {harmless(title)}\n")

    def advance(self, amount: int) -> None:
        """Bytes are for bars."""

    def done(self) -> None:
        """The next line says so."""


class TerminalReporter:
    """Tells of work on stderr; bars only on a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.draws = sys.stderr.isatty() and not quiet

    def note(self, text: str) -> None:
        """Write one line."""
        if not self.quiet:
            sys.stderr.write(f"  {harmless(text)}\n")
            sys.stderr.flush()

    def task(self, title: str, total_bytes: int | None = None) -> Task:
        """Start telling of one piece of work."""
        if not self.draws:
            return _Line(title, quiet=self.quiet)
        from tqdm import tqdm

        bar = tqdm(
            total=total_bytes,
            desc=f"  {harmless(title[:44])}",
            unit="B",
            unit_scale=True,
            leave=False,
            file=sys.stderr,
        )
        return _Bar(bar)


class Counting:
    """A bar of things done out of all, which appears with the first and goes with the last."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.bar: tqdm[NoReturn] | None = None

    def __call__(self, done: int, total: int) -> None:
        from tqdm import tqdm

        if self.bar is None:
            self.bar = tqdm(
                total=total, desc=f"  {harmless(self.title)}", leave=False, file=sys.stderr
            )
        self.bar.update(done - self.bar.n)
        if done == total:
            self.bar.close()
