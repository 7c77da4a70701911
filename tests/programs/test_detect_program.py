"""The parts of the object detection program that need no model."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Load = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "0  person\n1  bicycle\n12  stop sign",
            {1: "person", 2: "bicycle", 13: "stop sign"},
            id="numbered from 0",
        ),
        pytest.param(
            "1 person\n13 stop sign\n", {1: "person", 13: "stop sign"}, id="numbered from 1"
        ),
        pytest.param("0: person\n1: bicycle\n", {1: "person", 2: "bicycle"}, id="colons"),
        pytest.param("???\nperson\n???\ncar\n", {1: "person", 3: "car"}, id="official labelmap"),
        pytest.param("background\nperson\n", {1: "person"}, id="background first"),
        pytest.param("person\n???\ncar\n", {1: "person", 3: "car"}, id="one a line from 0"),
        pytest.param("person\r\n2 cars\r\n", {1: "person", 2: "2 cars"}, id="a name with a number"),
        pytest.param("", {}, id="empty"),
    ],
)
def test_label_files_give_coco_category_ids(
    load_detection: Load, text: str, expected: dict[int, str]
) -> None:
    assert load_detection("labels").parse_labels(text) == expected


def test_the_built_in_labels_are_the_80_categories_of_coco(load_detection: Load) -> None:
    labels = load_detection("labels").load_labels(None)

    assert len(labels) == 80
    assert (labels[1], labels[17], labels[90]) == ("person", "cat", "toothbrush")
    assert 12 not in labels


def test_both_programs_have_the_same_labels(recipes_dir: Path) -> None:
    program_dir = recipes_dir / "object-detection"
    python_labels = (program_dir / "python" / "coco_labels.txt").read_bytes()

    assert (program_dir / "cpp" / "coco_labels.txt").read_bytes() == python_labels


def test_boxes_are_scaled_to_pixels_and_kept_inside(load_detection: Load) -> None:
    box = load_detection("detections").to_pixels((0.25, -0.1, 1.2, 0.5), 200, 100)

    assert box == (0.0, 25.0, 100.0, 100.0)


def test_detections_are_named_and_the_surest_comes_first(load_detection: Load) -> None:
    module = load_detection("detections")
    found = [
        module.RawDetection(17, 0.3, (0, 0, 1, 1)),
        module.RawDetection(99, 0.9, (0, 0, 1, 1)),
    ]

    photo = module.to_photo("a.jpg", (10, 20), found, {17: "cat"})

    assert [item.label for item in photo.detections] == ["category 99", "cat"]
    assert [item.label for item in photo.above(0.3)] == ["category 99", "cat"]
    assert [item.label for item in photo.above(0.31)] == ["category 99"]


def test_the_speed_line_gives_median_spread_and_runs(load_detection: Load) -> None:
    speed = load_detection("timing").summarize([float(ms) for ms in range(11, 0, -1)], 3)

    assert str(speed) == "median 6.0 ms (10% to 90%: 2.0 to 10.0 ms, 11 runs after 3 warm-up)"
    assert (speed.min_ms, speed.max_ms) == (1.0, 11.0)


def test_one_run_is_every_quantile(load_detection: Load) -> None:
    speed = load_detection("timing").summarize([5.0], 0)

    assert (speed.p10_ms, speed.median_ms, speed.p90_ms) == (5.0, 5.0, 5.0)


def test_a_model_runs_as_often_as_asked(load_detection: Load) -> None:
    calls: list[int] = []

    _, durations_ms = load_detection("timing").timed(lambda: calls.append(1), 4)

    assert len(calls) == len(durations_ms) == 4


def test_the_page_escapes_every_text(load_detection: Load) -> None:
    detections, page = load_detection("detections"), load_detection("page")
    evil = '<script>alert("me")</script>&'
    found = detections.Detection(evil, 1, 0.5, detections.Box(0, 0, 1, 1))
    photo = detections.Photo(evil, 10, 10, (found,))

    html = page.render_page(evil, [(evil, evil)], [page.Picture(photo, (found,), b"jpeg")])

    assert "<script" not in html
    assert '"me"' not in html
    assert html.count("&lt;script&gt;") == 7


def test_the_page_needs_no_other_file(load_detection: Load) -> None:
    detections, page = load_detection("detections"), load_detection("page")
    photo = detections.Photo("a.jpg", 10, 10, ())

    html = page.render_page("lead", [], [page.Picture(photo, (), b"jpeg")])

    sources = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert sources == ["data:image/jpeg;base64,anBlZw=="]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((50, 60, 90, 90), (50, 40), id="above the box"),
        pytest.param((50, 5, 90, 90), (50, 5), id="inside where there is no room above"),
        pytest.param((90, 60, 99, 90), (70, 40), id="never past the right edge"),
    ],
)
def test_labels_stay_in_the_photograph(
    load_detection: Load, box: tuple[int, ...], expected: tuple[int, int]
) -> None:
    pytest.importorskip("PIL")
    box_type = load_detection("detections").Box

    corner = load_detection("drawing").label_corner(box_type(*box), (30, 20), (100, 100))

    assert corner == expected


def test_too_few_images_are_no_accuracy_claim(load_detection: Load) -> None:
    accuracy = load_detection("accuracy").Accuracy

    assert accuracy(0.3, 0.5, 11).caution == "11 images: a pipeline check, not an accuracy claim"
    assert accuracy(0.3, 0.5, 5000).caution is None


def run_detect(recipes_dir: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program without the variables that would give it a model or images."""
    program = recipes_dir / "object-detection" / "python" / "detect.py"
    command = [sys.executable, "-B", str(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={}, check=False)


@pytest.fixture
def needs_pillow() -> None:
    pytest.importorskip("PIL")
    pytest.importorskip("numpy")


@pytest.mark.usefixtures("needs_pillow")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--images", "no"], "`--model` is missing", id="no model"),
        pytest.param(["--model", "m.pb"], "`--images` is missing", id="no images"),
        pytest.param(
            ["--images", "no", "--model", "m.pb"], "no folder of images `no`", id="folder"
        ),
        pytest.param(
            ["--images", ".", "--model", "m.onnx"], "must end in .tflite or .pb", id="kind"
        ),
        pytest.param(["--images", ".", "--model", "m.pb"], "no model file `m.pb`", id="model file"),
    ],
)
def test_bad_input_is_one_line(
    recipes_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    (tmp_path / "photo.jpg").touch()
    monkeypatch.chdir(tmp_path)

    result = run_detect(recipes_dir, *arguments, "--out", "out")

    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("needs_pillow")
def test_a_folder_without_images_is_bad_input(recipes_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "cat.boxes.jpg").touch()
    (tmp_path / "notes.txt").touch()

    result = run_detect(recipes_dir, "--images", tmp_path, "--model", "m.pb", "--out", tmp_path)

    assert result.returncode == 2
    assert result.stderr == f"error: no images in the folder `{tmp_path}`\n"


class FakeRuntime:
    """A model that finds one cat, in the middle."""

    name, version = "fake", "1.0"

    def __init__(self, module: ModuleType) -> None:
        self.raw = module.RawDetection(17, 0.9, (0.25, 0.25, 0.75, 0.75))

    def prepare(self, photo: object) -> object:
        return photo

    def run(self, pixels: object) -> list[object]:
        return [self.raw]


@pytest.mark.usefixtures("needs_pillow")
def test_a_run_writes_json_page_and_pictures_and_skips_the_unreadable(
    load_detection: Load,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from PIL import Image

    for name in ("a.png", "a.jpg", "c.png"):
        Image.new("RGB", (40, 20)).save(tmp_path / name)
    (tmp_path / "b.jpg").write_bytes(b"no image")
    detect = load_detection("detect")
    runtime = FakeRuntime(load_detection("detections"))
    monkeypatch.setattr(detect, "load_model", lambda *_: runtime)
    out = tmp_path / "out"
    arguments = ["--images", tmp_path, "--model", "m.pb", "--out", out, "--repeats", 2]

    exit_code = detect.main([str(argument) for argument in arguments])

    document = json.loads((out / "detections.json").read_text())
    output = capsys.readouterr()
    assert exit_code == 0
    assert document["format"] == "detections/1"
    assert document["runtime"] == {"name": "fake", "version": "1.0"}
    assert document["speed"]["runs"] == 6
    assert [image["file"] for image in document["images"]] == ["a.jpg", "a.png", "c.png"]
    expected = {"label": "cat", "category_id": 17, "score": 0.9, "box": [10.0, 5.0, 30.0, 15.0]}
    assert document["images"][0]["detections"] == [expected]
    assert {file.name for file in out.iterdir()} == {
        "detections.json",
        "index.html",
        "a.jpg.boxes.jpg",
        "a.png.boxes.jpg",
        "c.boxes.jpg",
    }
    assert output.err.startswith(f"warning: skipping `{tmp_path / 'b.jpg'}`")
    assert "a.jpg  cat 0.90" in output.out
