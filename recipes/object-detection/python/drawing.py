"""Draw labelled boxes on a copy of a photograph."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import ImageDraw, ImageFont
from PIL.Image import Image

from detections import Box, Detection

Color = tuple[int, int, int]

# Strong, well separated colours that stay readable on photographs.
PALETTE: tuple[Color, ...] = (
    (230, 57, 70),
    (29, 122, 205),
    (244, 162, 31),
    (42, 157, 84),
    (142, 68, 200),
    (0, 168, 181),
    (214, 51, 132),
    (154, 205, 50),
)
BLACK: Color = (0, 0, 0)
WHITE: Color = (255, 255, 255)


def draw_boxes(photo: Image, detections: Iterable[Detection]) -> Image:
    """Return a copy with the detections drawn, the surest on top."""
    copy = photo.copy()
    draw = ImageDraw.Draw(copy)
    font = _font(max(13, round(max(photo.size) / 40)))
    ordered = sorted(detections, key=lambda found: found.score)
    for detection in ordered:
        color = color_of(detection.category_id)
        draw.rectangle(detection.box, outline=color, width=line_width(photo.size))
    # Labels come last, so that no box crosses out a name.
    for detection in ordered:
        _draw_label(draw, detection, font, photo.size)
    return copy


def color_of(category_id: int) -> Color:
    """Return the colour in which a category is always drawn."""
    return PALETTE[category_id % len(PALETTE)]


def line_width(size: tuple[int, int]) -> int:
    """Return the width in pixels of a line that is visible at this size and not clumsy."""
    return max(2, round(max(size) / 250))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1 has one small font only.
        return ImageFont.load_default()


def _draw_label(
    draw: ImageDraw.ImageDraw,
    detection: Detection,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    photo_size: tuple[int, int],
) -> None:
    """Write the name and score on a filled plate at the box's upper left corner."""
    color = color_of(detection.category_id)
    text = f"{detection.label} {detection.score:.2f}"
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    padding = max(2, round((bottom - top) / 4))
    plate_size = (right - left + 2 * padding, bottom - top + 2 * padding)
    x, y = label_corner(detection.box, plate_size, photo_size)
    draw.rectangle((x, y, x + plate_size[0], y + plate_size[1]), fill=color)
    position = (x + padding - left, y + padding - top)
    draw.text(position, text, fill=_readable_on(color), font=font)


def label_corner(
    box: Box, plate_size: tuple[float, float], photo_size: tuple[int, int]
) -> tuple[float, float]:
    """Return where a label's plate begins: above the box where there is room, else inside it."""
    width, height = plate_size
    x = max(0.0, min(box.x0, photo_size[0] - width))
    y = box.y0 - height if box.y0 >= height else box.y0
    return x, y


def _readable_on(color: Color) -> Color:
    """Choose black or white text by the weights of ITU-R BT.601 luma."""
    red, green, blue = color
    return BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else WHITE
