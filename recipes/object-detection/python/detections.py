"""What was found in a photograph, and how a model's numbers become that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels, with the origin at the upper left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class RawDetection:
    """One row of a model's output; the box is (y0, x0, y1, x1) as fractions of the photograph."""

    category_id: int
    score: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Detection:
    """An object found in a photograph."""

    label: str
    category_id: int
    score: float
    box: Box


@dataclass(frozen=True)
class Photo:
    """A photograph's name and size, and what was found in it, surest first."""

    file: str
    width: int
    height: int
    detections: tuple[Detection, ...]

    def above(self, threshold: float) -> tuple[Detection, ...]:
        """Return the detections whose score is at least ``threshold``."""
        return tuple(found for found in self.detections if found.score >= threshold)


def to_pixels(box: Sequence[float], width: int, height: int) -> Box:
    """Scale a model's box to the photograph and keep it inside."""
    y0, x0, y1, x1 = (min(max(edge, 0.0), 1.0) for edge in box)
    return Box(x0 * width, y0 * height, x1 * width, y1 * height)


def to_photo(
    file: str, size: tuple[int, int], found: Iterable[RawDetection], labels: Mapping[int, str]
) -> Photo:
    """Name and scale what a model found, surest first; an unknown id is named by its number."""
    width, height = size
    detections = [
        Detection(
            label=labels.get(raw.category_id, f"category {raw.category_id}"),
            category_id=raw.category_id,
            score=raw.score,
            box=to_pixels(raw.box, width, height),
        )
        for raw in found
    ]
    detections.sort(key=lambda detection: -detection.score)
    return Photo(file, width, height, tuple(detections))
