"""Runtimes that execute an SSD model, one class each, imported only when a model needs them."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image, Resampling, Transform

from detections import RawDetection
from errors import DetectError, InputError

Array = NDArray[Any]

# Where the TensorFlow Lite interpreter lives: module, then the distribution that installs it.
LITERT_HOMES = (
    ("ai_edge_litert.interpreter", "ai-edge-litert"),
    ("tflite_runtime.interpreter", "tflite-runtime"),
    ("tensorflow.lite.python.interpreter", "tensorflow"),
)


class Runtime(Protocol):
    """A loaded model. ``prepare`` is not part of what is timed, ``run`` is."""

    name: str
    version: str

    def prepare(self, photo: Image) -> Array:
        """Return an RGB photograph as the model's input."""

    def run(self, pixels: Array) -> list[RawDetection]:
        """Return what the model finds, with COCO category ids."""


class LiteRtRuntime:
    """A ``.tflite`` model whose graph ends in ``TFLite_Detection_PostProcess``."""

    def __init__(self, model_file: Path, threads: int) -> None:
        module, self.name = _import_litert()
        self.version = metadata.version(self.name)
        self._interpreter = module.Interpreter(model_path=str(model_file), num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        outputs = self._interpreter.get_output_details()
        _require_detection_outputs([tuple(output["shape"]) for output in outputs])
        self._outputs = [output["index"] for output in outputs]

    def prepare(self, photo: Image) -> Array:
        """Return the photograph at the model's size, in the model's number type."""
        _, height, width, _ = self._input["shape"]
        # Unlike `resize`, this samples four pixels, as TensorFlow, OpenCV and our C++ program do.
        whole = (0, 0, photo.width, photo.height)
        size = (int(width), int(height))
        resized = photo.transform(size, Transform.EXTENT, whole, Resampling.BILINEAR)
        return _to_input_type(np.asarray(resized), self._input["dtype"])[np.newaxis]

    def run(self, pixels: Array) -> list[RawDetection]:
        """Return what the model finds, with COCO category ids."""
        self._interpreter.set_tensor(self._input["index"], pixels)
        self._interpreter.invoke()
        boxes, classes, scores, count = map(self._interpreter.get_tensor, self._outputs)
        # Unlike frozen graphs, these models leave the background class out and count from 0.
        return _rows(boxes[0], classes[0] + 1, scores[0], int(count[0]))


class FrozenGraphRuntime:
    """A ``.pb`` graph with the interface of TensorFlow's object detection models."""

    name = "tensorflow"
    OUTPUTS = ("detection_boxes:0", "detection_classes:0", "detection_scores:0", "num_detections:0")

    def __init__(self, model_file: Path, threads: int) -> None:
        tf = _import_tensorflow()
        self.version = str(tf.__version__)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        self._to_tensor = tf.constant
        self._detect = self._load(tf, model_file)

    def prepare(self, photo: Image) -> Array:
        """Return the photograph as it is: the graph resizes it itself."""
        return np.asarray(photo)[np.newaxis]

    def run(self, pixels: Array) -> list[RawDetection]:
        """Return what the graph finds; its class ids are COCO's own."""
        outputs = self._detect(self._to_tensor(pixels))
        boxes, classes, scores, count = (output.numpy() for output in outputs)
        return _rows(boxes[0], classes[0], scores[0], int(count[0]))

    def _load(self, tf: ModuleType, model_file: Path) -> Callable[[Any], Iterable[Any]]:
        graph_def = tf.compat.v1.GraphDef.FromString(model_file.read_bytes())
        wrapped = tf.compat.v1.wrap_function(
            lambda: tf.import_graph_def(graph_def, name=""), signature=[]
        )
        element = wrapped.graph.as_graph_element
        outputs = [element(name) for name in self.OUTPUTS]
        detect: Callable[[Any], Iterable[Any]] = wrapped.prune(element("image_tensor:0"), outputs)
        return detect


RUNTIMES: dict[str, type[LiteRtRuntime | FrozenGraphRuntime]] = {
    ".tflite": LiteRtRuntime,
    ".pb": FrozenGraphRuntime,
}


def load_model(model_file: Path, threads: int) -> Runtime:
    """Load a model with the runtime that its suffix asks for."""
    runtime = RUNTIMES.get(model_file.suffix)
    if runtime is None:
        known = " or ".join(RUNTIMES)
        raise InputError(f"the model `{model_file}` must end in {known}")
    if not model_file.is_file():
        raise InputError(f"no model file `{model_file}`")
    try:
        with _muted_stderr():
            return runtime(model_file, threads)
    except DetectError:
        raise
    except Exception as error:  # Runtimes raise ValueError, RuntimeError, KeyError or their own.
        raise DetectError(f"cannot load the model `{model_file}`: {_first_line(error)}") from error


@contextlib.contextmanager
def _muted_stderr() -> Iterator[None]:
    """Drop what the runtimes' C++ parts print while they load, unless its level was asked for."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        yield
        return
    sys.stderr.flush()
    saved = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def _import_litert() -> tuple[ModuleType, str]:
    for module, distribution in LITERT_HOMES:
        with contextlib.suppress(ImportError):
            return importlib.import_module(module), distribution
    raise DetectError("a .tflite model needs the Python package `ai-edge-litert`")


def _import_tensorflow() -> ModuleType:
    try:
        tensorflow = importlib.import_module("tensorflow")
    except ImportError as error:
        raise DetectError("a .pb model needs the Python package `tensorflow`") from error
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


def _require_detection_outputs(shapes: list[tuple[int, ...]]) -> None:
    """Refuse a model without non-max suppression inside, whose outputs mean something else."""
    if len(shapes) != 4 or len(shapes[0]) != 3 or shapes[0][2] != 4 or shapes[3] != (1,):
        raise DetectError(f"the model has outputs {shapes}, not boxes, classes, scores and a count")


def _to_input_type(pixels: Array, dtype: type[np.generic]) -> Array:
    """Turn bytes into what a quantised or a float model takes."""
    if dtype == np.int8:
        return (pixels.astype(np.int16) - 128).astype(np.int8)
    if dtype == np.float32:
        return (pixels.astype(np.float32) - 127.5) / 127.5
    return pixels.astype(np.uint8)


def _rows(boxes: Array, classes: Array, scores: Array, count: int) -> list[RawDetection]:
    rows = zip(boxes[:count].tolist(), classes[:count].tolist(), scores[:count].tolist())
    return [
        RawDetection(int(category_id), score, (y0, x0, y1, x1))
        for (y0, x0, y1, x1), category_id, score in rows
    ]


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
