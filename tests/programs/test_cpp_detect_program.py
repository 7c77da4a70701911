"""The parts of the C++ detection program that need no runtime library, compiled by themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ckpm._content import bundled_dir

SOURCES = ("image.cpp", "jpeg.cpp", "labels.cpp", "orientation.cpp", "png.cpp", "ppm.cpp")

# Prints an image scaled to the size asked for, and the label of a category.
DRIVER = r"""
#include <iostream>
#include <string>
#include "image.h"
#include "labels.h"
int main(int, char** values) {
  const std::string what = values[1];
  try {
    if (what == "label") {
      std::cout << name_of(load_labels(values[2]), std::stoi(values[3]));
      return 0;
    }
    const Image image = read_image(values[2]);
    const Image scaled = resized(image, std::stoi(values[3]), std::stoi(values[4]));
    for (const int value : scaled.pixels) std::cout << value << ' ';
  } catch (const std::exception& error) {
    std::cout << "error: " << error.what();
  }
}
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    source_dir = bundled_dir("recipes") / "object-detection" / "cpp"
    build_dir = tmp_path_factory.mktemp("cpp")
    labels = (source_dir / "coco_labels.txt").read_text()
    header = (source_dir / "coco_labels.h.in").read_text().replace("@COCO_LABELS@", labels)
    (build_dir / "coco_labels.h").write_text(header)
    (build_dir / "driver.cpp").write_text(DRIVER)
    subprocess.run(
        [compiler, "-x", "c", "-c", source_dir / "resize.c", "-o", build_dir / "r.o"], check=True
    )
    sources = [
        build_dir / "driver.cpp",
        build_dir / "r.o",
        *(source_dir / name for name in SOURCES),
    ]
    options = ["-std=c++17", f"-I{source_dir}", f"-I{build_dir}", "-o", build_dir / "driver"]
    subprocess.run([compiler, *options, *sources], check=True)
    return build_dir / "driver"


def run_driver(driver: Path, *arguments: object) -> str:
    command = [str(driver), *map(str, arguments)]
    # Bytes, because text would lose a carriage return that the program should have removed.
    return subprocess.run(command, capture_output=True, check=True).stdout.decode().strip(" ")


def test_an_image_of_the_same_size_is_unchanged(driver: Path, tmp_path: Path) -> None:
    file = tmp_path / "image.ppm"
    file.write_bytes(b"P6\n# a comment\n2 1\n255\n" + bytes([1, 2, 3, 10, 20, 32]))

    assert run_driver(driver, "resize", file, 2, 1) == "1 2 3 10 20 32"


def test_pixels_are_sampled_at_their_centres(driver: Path, tmp_path: Path) -> None:
    file = tmp_path / "image.ppm"
    file.write_bytes(b"P6 2 1 255\n" + bytes([0, 0, 0, 100, 100, 100]))

    halved = run_driver(driver, "resize", file, 1, 1)
    doubled = run_driver(driver, "resize", file, 4, 1)

    assert halved == "50 50 50"
    assert doubled.split()[::3] == ["0", "25", "75", "100"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"P5 1 1 255\n\0", "not a binary PPM, JPEG or PNG image", id="grey"),
        pytest.param(b"", "not a binary PPM, JPEG or PNG image", id="empty"),
        pytest.param(b"P6 1 1 65535\n" + bytes(6), "8-bit samples", id="16 bits"),
        pytest.param(b"P6 0 1 255\n", "without pixels", id="no width"),
        pytest.param(b"P6 -1 1 255\n", "damaged header", id="negative"),
        pytest.param(b"P6 99999999 1 255\n", "too large", id="too wide"),
        pytest.param(b"P6 1 99999999 255\n", "too large", id="too high"),
        pytest.param(b"P6 2 1 255\nabc", "ends too early", id="short"),
    ],
)
def test_a_damaged_image_is_an_error(
    driver: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "image.ppm"
    file.write_bytes(content)

    assert message in run_driver(driver, "resize", file, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0  person\n1  bicycle", "bicycle", id="numbered from 0"),
        pytest.param("1  person\n2  bicycle\n", "bicycle", id="numbered from 1"),
        pytest.param("???\nperson\nbicycle\n", "bicycle", id="official labelmap"),
        pytest.param("person\r\nbicycle\r\n", "bicycle", id="one a line from 0"),
        pytest.param("person\n", "category 2", id="unknown"),
    ],
)
def test_label_files_give_coco_category_ids(
    driver: Path, tmp_path: Path, text: str, expected: str
) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes(text.encode())

    assert run_driver(driver, "label", file, 2) == expected


def test_without_a_file_the_labels_are_those_of_coco(driver: Path) -> None:
    assert run_driver(driver, "label", "", 90) == "toothbrush"
