"""What to plan around when something cannot be reached."""

from __future__ import annotations

from collections.abc import Mapping

from ckpm.errors import DownloadError
from ckpm.model.refusals import SourceUnreachableError
from ckpm.model.request import Prepared
from ckpm.model.resolution import Candidate


def unreachable_candidates(
    prepared: Prepared, error: DownloadError, forbidden: Mapping[str, str]
) -> list[Candidate]:
    """Return the chosen candidates that an error speaks of.

    Raises:
        DownloadError: the error itself, where a lock is used as it is or nothing else is left.
    """
    if prepared.resolution is None:
        raise error
    if isinstance(error, SourceUnreachableError):
        gone = [c for c in prepared.resolution if c.package == error.package and c.source]
    else:
        gone = [c for c in prepared.resolution if c.origin == "uv-python"]
    if not gone or gone[0].release in forbidden:
        raise error
    return gone
