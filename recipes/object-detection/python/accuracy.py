"""Compare detections with COCO annotations, by COCO's own evaluation."""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from detections import Photo
from errors import DetectError, InputError

# MLPerf Inference asks of SSD-MobileNet 99% of the reference model's 0.22 on all of val2017.
MLPERF_TARGET_MAP = 0.22 * 0.99
VAL2017_IMAGES = 5000


@dataclass(frozen=True)
class Accuracy:
    """Mean average precision: over IoU 0.50 to 0.95, and at 0.50, on ``images`` images."""

    mean_ap: float
    ap50: float
    images: int

    def __str__(self) -> str:
        return (
            f"mAP {self.mean_ap:.3f}, AP50 {self.ap50:.3f} over {_plural(self.images)}"
            f" (MLPerf's target for SSD-MobileNet is {MLPERF_TARGET_MAP:.4f}"
            f" over {VAL2017_IMAGES})"
        )

    @property
    def caution(self) -> str | None:
        """What to add when the images are too few to say anything about the model."""
        if self.images >= VAL2017_IMAGES:
            return None
        return f"{_plural(self.images)}: a pipeline check, not an accuracy claim"


class CocoAnnotations:
    """The ground truth in a COCO ``instances`` file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.is_file():
            raise InputError(f"no annotations file `{file}`")
        try:
            with _silenced():
                self._coco: Any = _pycocotools("coco").COCO(str(file))
            self._ids = {image["file_name"]: image["id"] for image in self._coco.imgs.values()}
        except (ValueError, KeyError, TypeError, AssertionError) as error:
            raise InputError(f"`{file}` is not a COCO annotations file: {error!r}") from error

    def evaluate(self, photos: Sequence[Photo]) -> Accuracy:
        """Score the photographs that are annotated, of which there must be one at least."""
        known = [photo for photo in photos if photo.file in self._ids]
        if not known:
            raise InputError(f"none of the photographs is annotated in `{self.file}`")
        found = [row for photo in known for row in self._rows(photo)]
        if not found:
            return Accuracy(0.0, 0.0, len(known))
        mean_ap, ap50 = self._score(found, [self._ids[photo.file] for photo in known])
        return Accuracy(max(0.0, mean_ap), max(0.0, ap50), len(known))

    def _rows(self, photo: Photo) -> list[dict[str, Any]]:
        """Return detections as COCO results, whose boxes are [x, y, width, height]."""
        image_id = self._ids[photo.file]
        return [
            {
                "image_id": image_id,
                "category_id": found.category_id,
                "bbox": [
                    found.box.x0,
                    found.box.y0,
                    found.box.x1 - found.box.x0,
                    found.box.y1 - found.box.y0,
                ],
                "score": found.score,
            }
            for found in photo.detections
        ]

    def _score(self, found: list[dict[str, Any]], image_ids: list[int]) -> tuple[float, float]:
        with _silenced():
            evaluation = _pycocotools("cocoeval").COCOeval(
                self._coco, self._coco.loadRes(found), "bbox"
            )
            evaluation.params.imgIds = image_ids
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return float(evaluation.stats[0]), float(evaluation.stats[1])


def _pycocotools(module: str) -> ModuleType:
    try:
        return importlib.import_module(f"pycocotools.{module}")
    except ImportError as error:
        message = "accuracy (`--annotations`) needs the Python package `pycocotools`"
        raise DetectError(message) from error


def _silenced() -> contextlib.redirect_stdout[io.StringIO]:
    """Keep pycocotools' progress messages out of the program's output."""
    return contextlib.redirect_stdout(io.StringIO())


def _plural(images: int) -> str:
    return "1 image" if images == 1 else f"{images} images"
