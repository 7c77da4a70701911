"""Cut COCO annotations down to the first images.

Usage: ``python subset.py INSTANCES_JSON COUNT OUT_JSON``, or ``python subset.py INSTANCES_JSON
COUNT --list`` for the names of the images. The rule: images are sorted by id, ascending, and the
first ``COUNT`` are kept with their annotations; everything else in the file stays as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


class SubsetError(Exception):
    """The subset cannot be made; the message is one clause for a person."""


def main() -> int:
    """Write the subset or list its images; a failure is one line on stderr."""
    arguments = parse_arguments()
    try:
        instances = read_instances(arguments.instances)
        kept = subset(instances, arguments.count)
        if arguments.list:
            print("\n".join(image["file_name"] for image in kept["images"]))
        else:
            arguments.out.write_text(json.dumps(kept) + "\n", encoding="utf-8")
    except (SubsetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line, which names an output file or asks for a list."""
    parser = argparse.ArgumentParser(description="Cut COCO annotations down to the first images.")
    parser.add_argument("instances", type=Path, metavar="INSTANCES_JSON")
    parser.add_argument("count", type=int, metavar="COUNT")
    parser.add_argument("out", type=Path, metavar="OUT_JSON", nargs="?")
    parser.add_argument("--list", action="store_true", help="print the images' file names")
    arguments = parser.parse_args()
    if arguments.list == (arguments.out is not None):
        parser.error("give either OUT_JSON or --list")
    return arguments


def read_instances(file: Path) -> dict[str, Any]:
    """Read a COCO annotations file."""
    try:
        instances = json.loads(file.read_bytes())
    except ValueError as error:
        raise SubsetError(f"`{file}` is not JSON: {error}") from error
    if not isinstance(instances, dict) or not {"images", "annotations"} <= instances.keys():
        raise SubsetError(f"`{file}` has no `images` and `annotations`")
    return instances


def subset(instances: dict[str, Any], count: int) -> dict[str, Any]:
    """Keep the ``count`` images with the lowest ids, in that order, and their annotations."""
    images = sorted(instances["images"], key=lambda image: image["id"])
    if not 1 <= count <= len(images):
        raise SubsetError(f"{count} images were asked for, of {len(images)}")
    kept = images[:count]
    ids = {image["id"] for image in kept}
    annotations = [item for item in instances["annotations"] if item["image_id"] in ids]
    return {**instances, "images": kept, "annotations": annotations}


if __name__ == "__main__":
    sys.exit(main())
