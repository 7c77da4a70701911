"""Refusals: what turns out not to work, and what the session then plans around."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ckpm.errors import CkpmError, DownloadError, Remedy, UnsatisfiableError
from ckpm.model.installation import normalised
from ckpm.model.resolution import Candidate
from ckpm.model.scopes import TARGET_SCOPE

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class UnreachableError(DownloadError):
    """Nobody answered: the host is not there from here."""


class SourceError(CkpmError):
    """One source of one candidate cannot be used; the session forbids it and resolves again."""

    exit_code = 5

    def __init__(self, candidate: Candidate, reason: str) -> None:
        self.candidate = candidate
        self.reason = reason
        super().__init__(f"`{candidate}` cannot be had from {candidate.origin}: {reason}")


class SourceUnreachableError(DownloadError):
    """A file of one package could not be had; the session may know another source.

    ``hosts`` are those that did not answer at all.
    """

    def __init__(self, package: str, cause: DownloadError, hosts: Iterable[str] = ()) -> None:
        self.package = package
        self.hosts = frozenset(hosts)
        super().__init__(f"cannot fetch what `{package}` needs: {cause.message}", hints=cause.hints)


class ClosureConflictError(UnsatisfiableError):
    """The Python packages asked for in one scope cannot stand together; ``text`` is what uv says.

    ``origins`` say who asked for what of it.
    """

    def __init__(
        self,
        text: str,
        requirements: Sequence[str],
        scope: str = TARGET_SCOPE,
        origins: Sequence[str] = (),
        remedies: Sequence[Remedy] = (),
    ) -> None:
        self.text = text
        self.requirements = tuple(requirements)
        self.scope = scope
        self.origins = tuple(origins)
        where = f" among the tools of `{scope}`" if scope else ""
        self.clash = f"these Python packages cannot stand together{where}"
        lines = [*text.splitlines()[: 12 - len(origins[:4])], *origins[:4]]
        super().__init__(lines, remedies=remedies)

    def saying(
        self, *, origins: Sequence[str] | None = None, remedies: Sequence[Remedy] = ()
    ) -> ClosureConflictError:
        """Return the same refusal with who asked for what of it, or with what would help."""
        told = self.origins if origins is None else origins
        return ClosureConflictError(self.text, self.requirements, self.scope, told, remedies)

    def names(self, distributions: Iterable[str]) -> set[str]:
        """Return which of these distributions the text names, as whole names."""
        words = {normalised(word) for word in _NAME.findall(self.text)}
        return {name for name in distributions if normalised(name) in words}


class ClosureUndecidedError(CkpmError):
    """uv ended without saying whether the Python packages can stand together: that is no "no"."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = "\n".join(f"  {line}" for line in text.splitlines()[-12:])
        super().__init__(
            f"uv cannot say whether these Python packages can stand together\n{lines}",
            hints=["check the Python index, or run the same without `--offline`"],
        )


def unreachable(error: UnsatisfiableError, reasons: Iterable[str]) -> CkpmError:
    """Return what went wrong: where a source that was left out is part of a conflict, that.

    A conflict that rests on a refusal of uv is none of these.
    """
    if error.nogoods or not any(reason in line for line in error.lines for reason in reasons):
        return error
    message = "what these requirements need cannot be had from here"
    return DownloadError(message, tried=error.lines, hints=error.hints)
