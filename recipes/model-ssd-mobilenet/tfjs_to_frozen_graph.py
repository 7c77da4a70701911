"""Turn the SSD-MobileNet that ``coco-ssd`` ships for TensorFlow.js into a frozen TensorFlow graph.

Usage: ``python tfjs_to_frozen_graph.py SOURCE_DIR OUT_FILE``, where ``SOURCE_DIR`` holds
``model.json`` and its weight shards. TensorFlow.js leaves non-max suppression to JavaScript; it
is appended here, so that the graph has the interface of TensorFlow's own object detection models:
``image_tensor`` in (uint8, [1, height, width, 3]); ``detection_boxes``, ``detection_scores``,
``detection_classes`` and ``num_detections`` out, with COCO's own category ids.

TensorFlow is needed, and nothing else.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tensorflow.core.framework.attr_value_pb2 import AttrValue
    from tensorflow.core.framework.graph_pb2 import GraphDef
    from tensorflow.core.framework.tensor_shape_pb2 import TensorShapeProto

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

BOXES = "Postprocessor/ExpandDims_1"
SCORES = "Postprocessor/Slice"

# What TensorFlow's own configuration of this model uses.
DETECTIONS = 100
IOU_THRESHOLD = 0.6
SCORE_THRESHOLD = 1e-8

Json = Mapping[str, Any]


class ConversionError(Exception):
    """The source is not the model that this program knows."""


def main() -> int:
    """Convert, and say in one line what is wrong where that fails."""
    parser = argparse.ArgumentParser(description="TensorFlow.js SSD model to frozen graph")
    parser.add_argument("source_dir", type=Path)
    parser.add_argument("out_file", type=Path)
    arguments = parser.parse_args()
    try:
        graph = convert(arguments.source_dir)
        arguments.out_file.write_bytes(graph)
    except (ConversionError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def convert(source_dir: Path) -> bytes:
    """Return the frozen graph; equal sources give equal bytes with one version of TensorFlow."""
    try:
        model = json.loads((source_dir / "model.json").read_bytes())
        weights = dict(read_weights(source_dir, model["weightsManifest"]))
        nodes = model["modelTopology"]["node"]
        graph_def = with_suppression(to_graph_def(nodes, weights))
        frozen: bytes = graph_def.SerializeToString(deterministic=True)
    except KeyError as error:
        raise ConversionError(f"`{source_dir}/model.json` lacks {error}") from error
    except ValueError as error:
        message = f"`{source_dir}/model.json` is not the known model: {error}"
        raise ConversionError(message) from error
    return frozen


def read_weights(source_dir: Path, manifest: Iterable[Json]) -> Iterator[tuple[str, bytes]]:
    """Yield each tensor's name and little-endian bytes; they follow each other in the shards."""
    sizes = {"float32": 4, "int32": 4}
    for group in manifest:
        data = b"".join((source_dir / path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            end = offset + math.prod(weight["shape"]) * sizes[weight["dtype"]]
            yield weight["name"], data[offset:end]
            offset = end
        if offset != len(data):
            raise ConversionError(f"the weight shards hold {len(data)} bytes, not {offset}")


def to_graph_def(nodes: Iterable[Json], weights: Mapping[str, bytes]) -> GraphDef:
    """Rebuild the graph from its JSON form, with the weights in its constants."""
    from tensorflow.core.framework.graph_pb2 import GraphDef

    graph_def = GraphDef()
    for node in nodes:
        new = graph_def.node.add(name=node["name"], op=node["op"], input=node["input"])
        for name, value in node["attr"].items():
            fill_attribute(new.attr[name], value)
        if node["op"] == "Const":
            new.attr["value"].tensor.tensor_content = weights[node["name"]]
    return graph_def


def fill_attribute(attribute: AttrValue, value: Json) -> None:
    """Set a node's attribute from JSON, which has text as lists of bytes and int64 as text."""
    ((kind, content),) = value.items()
    if kind == "tensor":
        # Only type and shape: the contents of every tensor are in the weight shards.
        attribute.tensor.dtype = content["dtype"]
        fill_shape(attribute.tensor.tensor_shape, content["tensorShape"])
    elif kind == "shape":
        fill_shape(attribute.shape, content.get("shape", content))
    elif kind == "list":
        attribute.list.i.extend(int(number) for number in content["i"])
    elif kind == "s":
        attribute.s = bytes(content)
    else:
        setattr(attribute, kind, int(content) if kind == "i" else content)


def fill_shape(shape: TensorShapeProto, content: Json) -> None:
    """Set a tensor's shape from JSON."""
    shape.unknown_rank = content.get("unknownRank", False)
    for dimension in content["dim"]:
        shape.dim.add(size=int(dimension["size"]))


def with_suppression(graph_def: GraphDef) -> GraphDef:
    """Append non-max suppression, class by class, and the outputs by their official names."""
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        boxes, scores = (graph.get_tensor_by_name(name + ":0") for name in (BOXES, SCORES))
        found = tf.image.combined_non_max_suppression(
            boxes,
            scores,
            max_output_size_per_class=DETECTIONS,
            max_total_size=DETECTIONS,
            iou_threshold=IOU_THRESHOLD,
            score_threshold=SCORE_THRESHOLD,
            name="suppression",
        )
        tf.identity(found.nmsed_boxes, name="detection_boxes")
        tf.identity(found.nmsed_scores, name="detection_scores")
        # The background class is not among the scores, and COCO's ids begin at 1.
        tf.add(found.nmsed_classes, 1.0, name="detection_classes")
        tf.cast(found.valid_detections, tf.float32, name="num_detections")
        return graph.as_graph_def()


if __name__ == "__main__":
    sys.exit(main())
