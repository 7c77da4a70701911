"""The measurements as Markdown tables and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.resolver.measure import Measured, Peer

OURS = "ckpm"
COLD = """Milliseconds, loading included. In brackets: ckpm's time divided by the peer's; below 1
ckpm is faster. rattler reads its repodata within its time, uv is a whole process."""
WARM = """ckpm, resolvelib and nab solve once more what they have read; cadical, clingo and libsolv
solve what they have just loaded."""


@dataclass(slots=True)
class Row:
    """One question and what each peer did with it; ckpm, where it is there, is the first."""

    id: str
    measured: dict[str, Measured]

    def judge(self) -> None:
        """Mark who said that there is no answer where somebody has shown one."""
        found = [m for m in self.measured.values() if m.status == "sat"]
        for measured in self.measured.values():
            if found and measured.status == "unsat":
                measured.status, measured.note = "WRONG", "there is an answer"

    @property
    def verdict(self) -> str:
        """The answer that stands."""
        statuses = {measured.status for measured in self.measured.values()}
        return next((status for status in ("sat", "unsat") if status in statuses), "?")

    @property
    def is_faulty(self) -> bool:
        """Whether ckpm gave a wrong answer, or none."""
        ours = self.measured.get(OURS)
        return ours is None or ours.status in {"WRONG", "error"}

    @property
    def size(self) -> str:
        """How many packages the answer has: the first peer's that gave one, which is ckpm's."""
        sizes = [len(m.answer) for m in self.measured.values() if m.status == "sat" and m.answer]
        return f" ({sizes[0]})" if sizes else ""


def tables(rows: Sequence[Row], peers: Sequence[Peer], timeout_s: float) -> Iterator[str]:
    """Yield the lines of every table."""
    yield from ("## From the plain data to the answer", "", COLD, "")
    yield from _table(rows, peers, timeout_s, warm=False)
    warm = [peer for peer in peers if peer.warm]
    yield from ("", "## Once loaded", "", WARM, "")
    yield from _table(rows, warm, timeout_s, warm=True)
    if any(measured.lines for row in rows for measured in row.measured.values()):
        yield from ("", "## Explaining that there is no answer", "", "Milliseconds, and lines.", "")
        yield from _explanations(rows, peers)
    yield from ("", *_notes(rows))


def _table(
    rows: Sequence[Row], peers: Sequence[Peer], timeout_s: float, *, warm: bool
) -> Iterator[str]:
    floors = [peer for peer in peers if peer.has_floor]
    heads = ["instance", "answer", *(p.name for p in peers), *(f"{p.name} floor" for p in floors)]
    yield from _head(heads)
    for row in rows:
        times = {peer.name: _total(peer, row.measured[peer.name], warm=warm) for peer in peers}
        cells = [_cell(row.measured[name], time) + _ratio(row, name, times, timeout_s)
                 for name, time in times.items()]  # fmt: skip
        cells += [_milliseconds(row.measured[peer.name].median("floor")) for peer in floors]
        yield _line([row.id, row.verdict + row.size, *cells])


def _total(peer: Peer, measured: Measured, *, warm: bool) -> float | None:
    if measured.status not in {"sat", "unsat"}:
        return None
    if warm:
        return measured.median("solve" if peer.warm == "first" else "again")
    return measured.median("load", "solve") if peer.counts_loading else measured.median("solve")


def _cell(measured: Measured, seconds: float | None) -> str:
    match measured.status:
        case "error":
            return measured.note.split(":")[0]
        case "WRONG" | "TO":
            return measured.status
        case _:
            return _milliseconds(seconds)


def _ratio(row: Row, name: str, times: Mapping[str, float | None], timeout_s: float) -> str:
    """Return ckpm's time divided by a peer's, in brackets; a limit where one took too long."""
    ours, theirs = times.get(OURS), times[name]
    if name == OURS or OURS not in times:
        return ""
    if ours and theirs:
        return f" ({_short(ours / theirs)})"
    if ours and row.measured[name].status == "TO":
        return f" (<{_short(ours / timeout_s)})"
    if theirs and row.measured[OURS].status == "TO":
        return f" (>{_short(timeout_s / theirs)})"
    return ""


def _explanations(rows: Sequence[Row], peers: Sequence[Peer]) -> Iterator[str]:
    failed = [row for row in rows if row.verdict == "unsat"]
    able = [p for p in peers if any(_explained(row.measured[p.name]) != "-" for row in failed)]
    yield from _head(["instance", *(peer.name for peer in able)])
    for row in failed:
        yield _line([row.id, *(_explained(row.measured[peer.name]) for peer in able)])


def _explained(measured: Measured) -> str:
    if "explain" in measured.too_long:
        return "TO"
    found = measured.median("explain")
    return "-" if found is None else f"{_milliseconds(found)} · {len(measured.lines)}"


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        for name, measured in row.measured.items():
            if measured.status in {"error", "WRONG"} or (measured.note and measured.status != "TO"):
                yield f"- {row.id}, {name}: {measured.status}: {measured.note}"


def _head(names: Sequence[str]) -> Iterator[str]:
    yield _line(names)
    yield _line(["---", *("---:" for _ in names[1:])])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else _short(seconds * 1000)


def _short(number: float) -> str:
    """Write a number with two digits that matter."""
    if number >= 10:
        return f"{number:.0f}"
    return f"{number:.1f}" if number >= 1 else f"{number:.2f}" if number >= 0.01 else "0.01"


def plain(rows: Sequence[Row], peers: Sequence[Peer], machine: dict[str, Any]) -> dict[str, Any]:
    """Return everything measured, for ``--json``."""
    return {
        "machine": machine,
        "peers": {peer.name: peer.version for peer in peers},
        "rows": [
            {
                "id": row.id,
                "verdict": row.verdict,
                "measured": {name: _plain(measured) for name, measured in row.measured.items()},
            }
            for row in rows
        ],
    }


def _plain(measured: Measured) -> dict[str, Any]:
    return {
        "status": measured.status,
        "note": measured.note,
        "seconds": measured.seconds,
        "too_long": sorted(measured.too_long),
        "chosen": len(measured.answer or ()),
        "lines": measured.lines,
    }
