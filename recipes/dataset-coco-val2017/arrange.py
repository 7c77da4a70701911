"""Lay out the first photographs of COCO's val2017 with annotations that match.

Usage: ``python arrange.py SOURCE COUNT OUT``, where ``SOURCE`` holds
``annotations/instances_val2017.json`` and the photographs in ``val2017/``, all of them or only
those wanted. ``OUT`` gets the same two. Which photographs are wanted is ``subset.py``'s rule,
whatever ``SOURCE`` holds; one that is missing, or not of the size that its annotation states, is
an error.
"""

from __future__ import annotations

import argparse
import json
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

from subset import SubsetError, read_instances, subset

ANNOTATIONS = "annotations/instances_val2017.json"
PHOTOS = "val2017"

# Markers of a JPEG file (ITU T.81, table B.1): those that start a frame tell its size.
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def main() -> int:
    """Arrange the files; a failure is one line on stderr."""
    parser = argparse.ArgumentParser(description="The first photographs of COCO's val2017.")
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("count", type=int, metavar="COUNT")
    parser.add_argument("out", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    try:
        arrange(arguments.source, arguments.count, arguments.out)
    except (SubsetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def arrange(source: Path, count: int, out: Path) -> None:
    """Copy what the rule asks for, every photograph checked first."""
    kept = subset(read_instances(source / ANNOTATIONS), count)
    for image in kept["images"]:
        check_photo(source / PHOTOS / image["file_name"], image)
    (out / PHOTOS).mkdir(parents=True, exist_ok=True)
    for image in kept["images"]:
        shutil.copyfile(source / PHOTOS / image["file_name"], out / PHOTOS / image["file_name"])
    (out / ANNOTATIONS).parent.mkdir(parents=True, exist_ok=True)
    (out / ANNOTATIONS).write_text(json.dumps(kept) + "\n", encoding="utf-8")


def check_photo(file: Path, image: dict[str, Any]) -> None:
    """Compare a photograph with its entry in the annotations."""
    if not file.is_file():
        raise SubsetError(f"`{file.name}` is among the first by id, and was not fetched")
    size = jpeg_size(file.read_bytes())
    if size is None:
        raise SubsetError(f"`{file.name}` is no whole JPEG file")
    if size != (image["width"], image["height"]):
        annotated = f"{image['width']} x {image['height']}"
        raise SubsetError(f"`{file.name}` is {size[0]} x {size[1]}, not {annotated} as annotated")


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height from the frame's header; ``None`` for what is no whole JPEG file."""
    if not (content.startswith(b"\xff\xd8") and content.rstrip(b"\0").endswith(b"\xff\xd9")):
        return None
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker, length = content[position + 1], struct.unpack_from(">H", content, position + 2)[0]
        if marker in FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 5)
            return width, height
        position += 2 + length
    return None


if __name__ == "__main__":
    sys.exit(main())
