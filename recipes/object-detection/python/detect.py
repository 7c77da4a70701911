"""Find objects in photographs with an SSD model, draw them, and measure speed and accuracy.

A model that ends in ``.tflite`` runs with LiteRT, one that ends in ``.pb`` with TensorFlow. The
result is a table on stdout, and in the output folder ``detections.json``, ``index.html`` and a
copy of every photograph with its boxes. Only the model is timed, not the decoding of photographs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from accuracy import Accuracy, CocoAnnotations
from detections import Photo, RawDetection, to_photo
from drawing import draw_boxes
from errors import DetectError, InputError
from labels import load_labels
from page import Picture, render_page
from runtimes import Runtime, load_model
from timing import Speed, summarize, timed

MODEL_VARIABLE = "CKPM_MODEL_SSD_MOBILENET_FILE"
LABELS_VARIABLE = "CKPM_MODEL_SSD_MOBILENET_LABELS"
IMAGES_VARIABLES = ("CKPM_DATASET_SAMPLE_PHOTOS_ROOT", "CKPM_DATASET_COCO_VAL2017_IMAGES")

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm"})
DRAWN_SUFFIX = ".boxes.jpg"

# The page embeds its photographs, so both their number and their size are kept small.
PAGE_PHOTOS = 48
PAGE_PHOTO_EDGE = 1000


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    images: Path
    model: Path
    labels: Path | None
    annotations: Path | None
    out: Path
    count: int | None
    repeats: int
    warmup: int
    threshold: float
    threads: int


@dataclass(frozen=True)
class Outcome:
    """Everything that one run of the program found out."""

    options: Options
    runtime: Runtime
    photos: tuple[Photo, ...]
    speed: Speed
    accuracy: Accuracy | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; a failure is one line on stderr."""
    try:
        run(parse_options(arguments))
    except DetectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def run(options: Options) -> None:
    """Detect, write the results and print the table."""
    files = list_images(options.images)[: options.count]
    labels = load_labels(options.labels)
    annotations = CocoAnnotations(options.annotations) if options.annotations else None
    runtime = load_model(options.model, options.threads)
    options.out.mkdir(parents=True, exist_ok=True)

    photos: list[Photo] = []
    pictures: list[Picture] = []
    durations_ms: list[float] = []
    for file, image in readable_images(files):
        found, taken_ms = measure(runtime, image, options, is_first=not photos)
        durations_ms += taken_ms
        photo = to_photo(file.name, image.size, found, labels)
        photos.append(photo)
        picture = draw(photo, image, options.out / drawn_name(file, files), options.threshold)
        pictures += [picture] if len(pictures) < PAGE_PHOTOS else []
    if not photos:
        raise DetectError(f"no image in `{options.images}` can be read")

    speed = summarize(durations_ms, options.warmup)
    accuracy = annotations.evaluate(photos) if annotations else None
    outcome = Outcome(options, runtime, tuple(photos), speed, accuracy)
    write_results(outcome, pictures)
    print(table(outcome))


def list_images(path: Path) -> list[Path]:
    """Return a folder's images by name, without those that this program drew."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"no folder of images `{path}`")
    found = sorted(
        file
        for file in path.iterdir()
        if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.endswith(DRAWN_SUFFIX)
    )
    if not found:
        raise InputError(f"no images in the folder `{path}`")
    return found


def readable_images(files: Iterable[Path]) -> Iterator[tuple[Path, Image.Image]]:
    """Yield each image upright in RGB; one that cannot be read is a warning."""
    for file in files:
        image = read_image(file)
        if image is not None:
            yield file, image


def read_image(file: Path) -> Image.Image | None:
    """Return the pixels as a person sees them: turned as the camera noted, without alpha."""
    try:
        with Image.open(file) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        print(f"warning: skipping `{file}`: {error}", file=sys.stderr)
        return None


def measure(
    runtime: Runtime, image: Image.Image, options: Options, *, is_first: bool
) -> tuple[list[RawDetection], list[float]]:
    """Return what the model finds and each timed run's milliseconds; warm up on the first."""
    pixels = runtime.prepare(image)
    for _ in range(options.warmup if is_first else 0):
        runtime.run(pixels)
    return timed(lambda: runtime.run(pixels), options.repeats)


def draw(photo: Photo, image: Image.Image, file: Path, threshold: float) -> Picture:
    """Write the photograph with its boxes, and return it small enough for the page."""
    detections = photo.above(threshold)
    drawn = draw_boxes(image, detections)
    drawn.save(file, quality=90)
    drawn.thumbnail((PAGE_PHOTO_EDGE, PAGE_PHOTO_EDGE))
    jpeg = io.BytesIO()
    drawn.save(jpeg, "JPEG", quality=85)
    return Picture(photo, detections, jpeg.getvalue())


def drawn_name(file: Path, files: Iterable[Path]) -> str:
    """Return ``<stem>.boxes.jpg``, or with the suffix where two photographs share the stem."""
    is_shared = sum(other.stem == file.stem for other in files) > 1
    return (file.name if is_shared else file.stem) + DRAWN_SUFFIX


def write_results(outcome: Outcome, pictures: Sequence[Picture]) -> None:
    """Write ``detections.json`` and ``index.html``."""
    document = json.dumps(to_document(outcome), indent=1, ensure_ascii=False)
    (outcome.options.out / "detections.json").write_text(document + "\n", encoding="utf-8")
    page = render_page(lead(outcome, len(pictures)), facts(outcome), pictures)
    (outcome.options.out / "index.html").write_text(page, encoding="utf-8")


def to_document(outcome: Outcome) -> dict[str, Any]:
    """Return the ``detections/1`` document, with the detections that reach the threshold."""
    options, runtime = outcome.options, outcome.runtime
    document: dict[str, Any] = {
        "format": "detections/1",
        "model": options.model.name,
        "runtime": {"name": runtime.name, "version": runtime.version},
        "threads": options.threads,
        "threshold": options.threshold,
        "speed": rounded(asdict(outcome.speed)),
        "images": [image_entry(photo, options.threshold) for photo in outcome.photos],
    }
    if outcome.accuracy:
        accuracy = outcome.accuracy
        scores = rounded({"mAP": accuracy.mean_ap, "AP50": accuracy.ap50}, digits=4)
        document["metrics"] = {**scores, "images": accuracy.images}
    return document


def image_entry(photo: Photo, threshold: float) -> dict[str, Any]:
    """Return one photograph's part of the document."""
    return {
        "file": photo.file,
        "width": photo.width,
        "height": photo.height,
        "detections": [
            {
                "label": found.label,
                "category_id": found.category_id,
                "score": round(found.score, 4),
                "box": [round(edge, 2) for edge in found.box],
            }
            for found in photo.above(threshold)
        ],
    }


def rounded(numbers: Mapping[str, float], *, digits: int = 3) -> dict[str, float]:
    """Return the numbers without digits that mean nothing."""
    return {name: round(number, digits) for name, number in numbers.items()}


def table(outcome: Outcome) -> str:
    """Return what a person wants to see: the objects of each photograph, speed and accuracy."""
    threshold = outcome.options.threshold
    width = max(len(photo.file) for photo in outcome.photos)
    lines = [heading(outcome), ""]
    for photo in outcome.photos:
        found = photo.above(threshold)
        objects = ", ".join(f"{item.label} {item.score:.2f}" for item in found)
        lines.append(f"  {photo.file:<{width}}  {objects or '-'}")
    lines += ["", str(outcome.speed)]
    if outcome.accuracy:
        lines += [str(outcome.accuracy), *filter(None, [outcome.accuracy.caution])]
    return "\n".join([*lines, f"see {outcome.options.out / 'index.html'}"])


def heading(outcome: Outcome) -> str:
    """Return which model ran, with what."""
    runtime, threads = outcome.runtime, outcome.options.threads
    plural = "thread" if threads == 1 else "threads"
    return f"{outcome.options.model.name} with {runtime.name} {runtime.version}, {threads} {plural}"


def lead(outcome: Outcome, shown: int) -> str:
    """Return the page's first sentence."""
    total = len(outcome.photos)
    part = f"the first {shown} of {total} photographs" if shown < total else f"{total} photographs"
    return f"{heading(outcome)}: {part.replace('1 photographs', '1 photograph')}"


def facts(outcome: Outcome) -> list[tuple[str, str]]:
    """Return the page's figures."""
    speed, accuracy = outcome.speed, outcome.accuracy
    objects = sum(len(photo.above(outcome.options.threshold)) for photo in outcome.photos)
    figures = [
        ("median time a photograph", f"{speed.median_ms:.1f} ms"),
        ("10% to 90% of runs", f"{speed.p10_ms:.1f} to {speed.p90_ms:.1f} ms"),
        ("timed runs", str(speed.runs)),
        (f"objects at {outcome.options.threshold:g} or surer", str(objects)),
    ]
    if accuracy:
        figures.append((f"mAP over {accuracy.images} images", f"{accuracy.mean_ap:.3f}"))
        figures += [("caution", accuracy.caution)] if accuracy.caution else []
    return figures


def parse_options(arguments: Sequence[str] | None) -> Options:
    """Read the command line; what it leaves out comes from ckpm's environment variables."""
    parsed = _parser().parse_args(arguments)
    return Options(
        images=_required(parsed.images, "--images", IMAGES_VARIABLES),
        model=_required(parsed.model, "--model", (MODEL_VARIABLE,)),
        labels=parsed.labels or _from_environment((LABELS_VARIABLE,)),
        annotations=parsed.annotations,
        out=parsed.out,
        count=parsed.count,
        repeats=parsed.repeats,
        warmup=parsed.warmup,
        threshold=parsed.threshold,
        threads=parsed.threads,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="detect.py", description=__doc__)
    add = parser.add_argument
    add("--images", type=Path, metavar="DIR", help=f"default: ${' or $'.join(IMAGES_VARIABLES)}")
    add("--model", type=Path, metavar="FILE", help=f"default: ${MODEL_VARIABLE}")
    add("--labels", type=Path, metavar="FILE", help=f"default: ${LABELS_VARIABLE}, else COCO's")
    add("--annotations", type=Path, metavar="JSON", help="COCO annotations, to compute mAP")
    add("--out", type=Path, metavar="DIR", required=True, help="where the results go")
    add("--count", type=_count, metavar="N|all", help="how many images, by name (default: all)")
    add("--repeats", type=_at_least(1), default=10, help="timed runs of an image (default: 10)")
    add("--warmup", type=_at_least(0), default=3, help="untimed runs at first (default: 3)")
    add("--threshold", type=_score, default=0.4, help="lowest score to report (default: 0.4)")
    add("--threads", type=_at_least(1), default=_usable_cpus(), help="default: all processors")
    return parser


def _required(given: Path | None, option: str, variables: Sequence[str]) -> Path:
    path = given or _from_environment(variables)
    if path is None:
        raise InputError(f"`{option}` is missing, and ${' or $'.join(variables)} is not set")
    return path


def _from_environment(variables: Iterable[str]) -> Path | None:
    values = (os.environ.get(name) for name in variables)
    return next((Path(value) for value in values if value), None)


def _usable_cpus() -> int:
    # Linux knows which processors this process may use; elsewhere all of them count.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _at_least(minimum: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(f"`{text}` is not a whole number from {minimum}")
        return int(text)

    return number


def _count(text: str) -> int | None:
    return None if text == "all" else _at_least(1)(text)


def _score(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not between 0 and 1")
    return score


if __name__ == "__main__":
    sys.exit(main())
