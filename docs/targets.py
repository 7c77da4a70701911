"""Try targets from nothing to detections, and print the table of ``howto/other-targets.md``.

``python docs/targets.py linux-arm64 windows-x86_64`` tries these, and all that the table has when
none is named. Each cell is one command of ``ckpm``; the first that fails ends its row, and what it
said is printed below the table. Everything lies in ``$CKPM_STORE`` and the current directory.
"""

from __future__ import annotations

import json
import subprocess  # noqa: TID251 - it tries the program as people do, from outside
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

TARGETS = (
    "linux-arm64", "linux-armv7", "windows-x86_64", "android-arm64", "android-x86_64",
    "linux-riscv64", "linux-arm64-musl", "macos-arm64", "windows-arm64",
)  # fmt: skip
Document: TypeAlias = dict[str, Any]
"""A part of what ckpm or the program wrote as JSON."""

CELLS = ("resolved", "locked", "installed", "built", "checked", "executed", "agrees")
# Objects that are barely seen come and go with a processor's rounding.
CONFIDENT, TOLERANCE, OVERLAP = 0.6, 0.1, 0.8


def disagreements(native: Document, there: Document) -> list[str]:
    """Return what one document of detections is sure of and the other lacks, both ways round.

    Sure is a score of 0.6; the same object has the same label, a score within 0.1, and a box that
    overlaps by 0.8 (intersection over union).
    """
    ours, theirs = _by_file(native), _by_file(there)
    if ours.keys() != theirs.keys():
        return [f"other photographs: {sorted(ours.keys() ^ theirs.keys())}"]
    pairs = [(file, ours[file], theirs[file]) for file in sorted(ours)]
    return [
        f"{file}: {row['label']} {row['score']} only {side}"
        for file, here, away in pairs
        for side, rows, others in (("natively", here, away), ("there", away, here))
        for row in rows
        if row["score"] >= CONFIDENT and not any(_same(row, other) for other in others)
    ]


def _by_file(document: Document) -> dict[str, list[Document]]:
    return {image["file"]: image["detections"] for image in document["images"]}


def _same(row: Document, other: Document) -> bool:
    is_near = abs(row["score"] - other["score"]) <= TOLERANCE
    return row["label"] == other["label"] and is_near and _overlap(row["box"], other["box"])


def _overlap(one: list[float], two: list[float]) -> bool:
    sides = [max(0.0, min(one[n + 2], two[n + 2]) - max(one[n], two[n])) for n in (0, 1)]
    both = sides[0] * sides[1]
    return both >= OVERLAP * (_area(one) + _area(two) - both)


def _area(box: list[float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class CellFailedError(Exception):
    """A command that failed, with what it said."""


def ckpm(*arguments: str) -> Document:
    """Run a command and return its result."""
    command = [sys.executable, "-m", "ckpm", *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    document = json.loads(done.stdout)
    if not document["ok"]:
        raise CellFailedError(str(document["error"]["message"]).splitlines()[0])
    return document["result"]


def cells(target: str) -> Iterator[str]:
    """Fill one row from the left, and raise at the first cell that must stay blank."""
    place = ("-e", "object-detection", "--target", target)
    for command in ("resolve", "lock", "install"):
        ckpm(command, *place)
        yield "yes"
    judged = ckpm("check", *place)["packages"]
    built = sum(each["origin"] == "built here" for each in judged)
    if not built:
        raise CellFailedError("nothing was built")
    yield "yes"
    severities = [finding["severity"] for each in judged for finding in each["findings"]]
    if "error" in severities:
        raise CellFailedError("`ckpm check` finds errors")
    warnings = severities.count("warning")
    yield f"{warnings} warning{'s' * (warnings != 1)}" if warnings else "sound"
    there = detections(target, "--target", target)
    yield "yes"
    native = detections("native", "--option", "language=cpp")
    if found := disagreements(native, there):
        raise CellFailedError("; ".join(found))
    yield "yes"


def detections(name: str, *arguments: str) -> Document:
    """Run the workflow, and return the document that it writes."""
    output = Path(f"{name}-detections").resolve()
    ckpm("run", "object-detection", "repeats=1", "--output", str(output), *arguments)
    return json.loads((output / "detections.json").read_text(encoding="utf-8"))


def row(target: str) -> tuple[str, str]:
    """Return a target's line of the table, and why it ends where it ends."""
    filled, reason = [f"`{target}`"], ""
    try:
        filled.extend(cells(target))
    except CellFailedError as error:
        reason = f"{target}: {error}\n"
    filled += [""] * (len(CELLS) + 1 - len(filled))
    return f"| {' | '.join(filled)} |", reason


def main(targets: list[str]) -> None:
    """Print the table."""
    print(f"| target | {' | '.join(CELLS)} |\n|{'---|' * (len(CELLS) + 1)}")
    reasons = []
    for target in targets or TARGETS:
        line, reason = row(target)
        print(line, flush=True)
        reasons.append(reason)
    print("\n" + "".join(reasons), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
