"""Whether a directory holds what a layout says, as deep as somebody wants to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, join, split

from ckpm.detect.measures import Measures
from ckpm.detect.patterns import occurs
from ckpm.model.layout import DEPTHS, Amount, Depth, Layout
from ckpm.system.host import Host


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a directory is not of a layout, by the ``subject`` that is not as it should be.

    ``missing`` is how much of the subject a truncated or corrupted copy lacks; nothing when it is
    whole, but something else.
    """

    subject: str
    reason: str
    missing: int = 0


class Verifier:
    """Compares directories with layouts; what costs time is remembered below ``cache``."""

    def __init__(
        self,
        host: Host,
        depth: Depth = "count",
        cache: Path | None = None,
        *,
        fresh: bool = False,
    ) -> None:
        self._host = host
        self._rank = DEPTHS.index(depth)
        self._measures = Measures(host, cache, fresh=fresh)

    def fault(self, prefix: str, layout: Layout) -> Fault | None:
        """Return the first thing that is not as it should be; what is quick to see comes first."""
        return next(self._faults(prefix, layout), None)

    def _faults(self, prefix: str, layout: Layout) -> Iterator[Fault]:
        for file in layout.files:
            if self._host.inspect(path := join(prefix, file)) is None:
                yield Fault(file, f"there is no `{path}`")
        for file, pattern in layout.contains:
            text = self._host.read(path := join(prefix, file)).decode("utf-8", "replace")
            if not occurs(pattern, text):
                yield Fault(file, f"`{path}` does not contain `{pattern}`")
        yield from self._sizes(prefix, layout)
        if self._rank >= DEPTHS.index("count"):
            yield from self._counts(prefix, layout)
        if self._rank >= DEPTHS.index("checksum"):
            yield from self._checksums(prefix, layout)

    def _sizes(self, prefix: str, layout: Layout) -> Iterator[Fault]:
        for file, amount in layout.sizes:
            status = self._host.inspect(join(prefix, file))
            size = status.size if status else 0
            if not amount.holds(size):
                reason = f"`{file}` has {_compared(size, amount, 'bytes')}"
                yield Fault(file, reason, max(amount.least - size, 0))

    def _counts(self, prefix: str, layout: Layout) -> Iterator[Fault]:
        for names, amount in layout.counts:
            directory, pattern = split(join(prefix, names))
            number = self._measures.count(directory, pattern)
            if not amount.holds(number):
                shown = split(names)[0] or basename(prefix)
                reason = f"`{shown}` holds {_compared(number, amount, f'`{pattern}`')}"
                # Where there is none, nobody began to copy.
                yield Fault(names, reason, max(amount.least - number, 0) if number else 0)

    def _checksums(self, prefix: str, layout: Layout) -> Iterator[Fault]:
        for file, checksum in layout.checksums:
            algorithm, _, digits = checksum.partition(":")
            digest = self._measures.digest(join(prefix, file), algorithm) or "cannot be read"
            if not digest.startswith(digits):
                shown = digest[: len(digits)]
                reason = f"{algorithm} of `{file}` is {shown}, not {digits}"
                yield Fault(file, reason, 1)


def _compared(number: int, amount: Amount, unit: str) -> str:
    if 0 < number < amount.least == amount.most:
        return f"{number:,} of {amount} {unit}"
    return f"{number:,} {unit}, not {amount}" if number else f"no {unit}"
