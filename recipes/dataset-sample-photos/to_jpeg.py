"""Write every photograph of a folder as JPEG, for programs that read nothing else.

Usage: to_jpeg.py FROM TO
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PIL import Image

PHOTOGRAPHS = (".png", ".jpg")


def convert(source: Path, destination: Path) -> None:
    """Convert PNG photographs; JPEG ones and texts stay as they are."""
    for path in sorted(source.iterdir()):
        if path.is_dir():
            shutil.copytree(path, destination / path.name)
        elif path.suffix in PHOTOGRAPHS[1:]:
            shutil.copyfile(path, destination / path.name)
        elif path.suffix in PHOTOGRAPHS:
            # Full colour resolution: detections should not move.
            place = destination / f"{path.stem}.jpg"
            Image.open(path).convert("RGB").save(place, quality=95, subsampling=0)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
