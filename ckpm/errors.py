"""Every error that ckpm raises on purpose, each with its hints and its exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class CkpmError(Exception):
    """Something went wrong that a person can act on.

    ``message`` is one lower-case clause; each hint is one thing to do next.
    """

    exit_code = 1

    def __init__(self, message: str, *, hints: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)

    @property
    def kind(self) -> str:
        """The stable name of this sort of error in ``--json`` documents."""
        return type(self).__name__.removesuffix("Error")


class UsageError(CkpmError):
    """The request itself makes no sense."""

    exit_code = 2


class RequirementSyntaxError(UsageError):
    """A requirement that cannot be read; ``column`` is where the fault starts, from 0."""

    def __init__(self, text: str, column: int, expected: str, *, hints: Iterable[str] = ()) -> None:
        self.text = text
        self.column = column
        width = max(1, len(text) - column)
        underlined = f"  {text}\n  {' ' * column}{'^' * width}"
        super().__init__(
            f"cannot read the requirement: expected {expected}\n{underlined}", hints=hints
        )


class ContentError(UsageError):
    """A recipe, detector, environment or lock file with faults, all of them.

    Each fault reads ``file:line: path: what is wrong``.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"{count} in content files\n" + "\n".join(f"  {fault}" for fault in faults)
        )


class UntrustedError(UsageError):
    """A project's content would run, and nobody has consented to that."""


class UnsatisfiableError(CkpmError):
    """No set of candidates meets every requirement; the lines explain one minimal conflict."""

    exit_code = 3

    def __init__(self, lines: Sequence[str], *, hints: Iterable[str] = ()) -> None:
        self.lines = tuple(lines)
        text = "\n".join(f"  {line}" for line in lines)
        super().__init__(f"no set of packages meets these requirements\n{text}", hints=hints)


class NotFoundError(CkpmError):
    """A package, environment, workflow, run or file that does not exist."""

    exit_code = 4


class DownloadError(CkpmError):
    """Bytes that could not be had; ``tried`` names each source with what went wrong."""

    exit_code = 5

    def __init__(
        self, message: str, *, tried: Sequence[str] = (), hints: Iterable[str] = ()
    ) -> None:
        self.tried = tuple(tried)
        text = "".join(f"\n  {line}" for line in tried)
        super().__init__(message + text, hints=hints)


class IntegrityError(CkpmError):
    """Bytes that are not the ones promised."""

    exit_code = 5


class BuildError(CkpmError):
    """A build, conversion or test of a package failed; its log is named."""

    exit_code = 6


class StaleLockError(CkpmError):
    """The lock does not fit what is asked, or what it names has changed."""

    exit_code = 7


class StoppedError(CkpmError):
    """A person stopped what was under way, as with Ctrl-C."""

    exit_code = 130
