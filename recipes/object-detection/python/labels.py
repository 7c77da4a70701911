"""Label files: which name belongs to which COCO category id."""

from __future__ import annotations

import re
from pathlib import Path

from errors import InputError

COCO_LABELS_FILE = Path(__file__).with_name("coco_labels.txt")
NUMBERED_LINE = re.compile(r"(\d+)[\s:]\s*(\S.*)")

# Official label files mark the ids that no category uses, and the background, in these ways.
PLACEHOLDERS = frozenset({"", "???", "background", "__background__"})


def load_labels(file: Path | None) -> dict[int, str]:
    """Return category id to name; without a file, the 80 categories of COCO."""
    file = file or COCO_LABELS_FILE
    if not file.is_file():
        raise InputError(f"no label file `{file}`")
    try:
        return parse_labels(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"the label file `{file}` is not text") from error


def parse_labels(text: str) -> dict[int, str]:
    """Read either kind of label file, numbered lines or one label a line, as category ids."""
    lines = [line.strip() for line in text.splitlines()]
    numbered = [NUMBERED_LINE.fullmatch(line) for line in lines if line]
    matches = [match for match in numbered if match]
    if matches and len(matches) == len(numbered):
        labels = {int(match[1]): match[2] for match in matches}
    else:
        labels = dict(enumerate(lines))
    return _without_placeholders(_one_based(labels))


def _one_based(labels: dict[int, str]) -> dict[int, str]:
    """Shift labels that begin with a real name at 0: COCO's own ids begin at 1."""
    if labels.get(0, "").lower() in PLACEHOLDERS:
        return labels
    return {number + 1: name for number, name in labels.items()}


def _without_placeholders(labels: dict[int, str]) -> dict[int, str]:
    return {number: name for number, name in labels.items() if name.lower() not in PLACEHOLDERS}
