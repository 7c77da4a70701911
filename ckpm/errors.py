"""Every error that ckpm raises on purpose, each with its hints and its exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


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
    def headline(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

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


class Remedy:
    """One thing that would help, tried.

    ``kind`` is ``fact``, ``version``, ``prerelease``, ``option`` or ``apart``; ``about`` is the
    requirement or package that it changes.
    """

    # A plain class: the quickest commands load this file, and must not load `typing` for it.
    __slots__ = ("about", "kind", "text")

    def __init__(self, kind: str, text: str, about: str) -> None:
        self.kind = kind
        self.text = text
        self.about = about

    def plain(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"kind": self.kind, "text": self.text, "about": self.about}


class UnsatisfiableError(CkpmError):
    """No set of candidates meets every requirement; the lines explain one minimal conflict.

    ``conflict`` is the same as data: one mapping for each reason, in the same order. ``remedies``
    are behind the hints. ``nogoods`` are those among the given ones that the conflict rests on.
    """

    exit_code = 3
    clash = "no set of packages meets these requirements"

    def __init__(
        self,
        lines: Sequence[str],
        *,
        conflict: Sequence[Mapping[str, str]] = (),
        remedies: Sequence[Remedy] = (),
        nogoods: Iterable[frozenset[tuple[str, str, str]]] = (),
    ) -> None:
        self.lines = tuple(lines)
        self.nogoods = tuple(nogoods)
        self.conflict = tuple(conflict)
        self.remedies = tuple(remedies)
        hints = [remedy.text for remedy in remedies]
        text = "\n".join(f"  {line}" for line in lines)
        super().__init__(f"{self.clash}\n{text}", hints=hints)


class UndecidedError(CkpmError):
    """The search for an answer was stopped: neither yes nor no; ``known`` is what it had chosen."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self.known = tuple(known)
        shown = f"; it had come to {', '.join(known[:5])}" if known else ""
        more = f" and {len(known) - 5} more" if len(known) > 5 else ""
        super().__init__(
            f"undecided: no answer in the time given, neither yes nor no{shown}{more}",
            hints=["give it longer (`--timeout`), or narrow the request with exact versions"],
        )


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
