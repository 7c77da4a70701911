"""The C++ program's reading of images, in a build without any runtime for models."""

from __future__ import annotations

import json
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest
from programs.building import SOURCE_DIR, cmake_build, require

IMAGES_DIR = Path(__file__).parent / "images"
GRADIENT = bytes(v for y in range(24) for x in range(40) for v in (x * 6, y * 10, (x + y) * 4))
GRADIENT_PPM = b"P6\n40 24\n255\n" + GRADIENT
JPEG = (IMAGES_DIR / "gradient.jpg").read_bytes()
PNG = (IMAGES_DIR / "gradient.png").read_bytes()
# Of the pixels that djpeg gives.
JPEG_CRC32 = "a871ccf2"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("c++")
    build_dir = cmake_build(SOURCE_DIR, tmp_path_factory.mktemp("none"), ["-DCKPM_RUNTIME=none"])
    return build_dir / "object-detection"


@pytest.fixture(scope="module")
def formats(program: Path) -> str:
    """What CMake found, as its cache says."""
    return (program.parent / "CMakeCache.txt").read_text()


def run_program(program: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(program), "--images", str(folder), "--out", str(folder / "out"), *options]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def decode(program: Path, folder: Path) -> list[dict[str, Any]]:
    done = run_program(program, folder, "--decode-only")
    assert done.returncode == 0, done.stderr
    images: list[dict[str, Any]] = json.loads((folder / "out" / "decoded.json").read_text())[
        "images"
    ]
    return images


def require_format(formats: str, library: str) -> None:
    if f"{library}-NOTFOUND" in formats:
        pytest.skip(f"no {library} to compile with")


def with_orientation(jpeg: bytes, orientation: int, order: str) -> bytes:
    """Put an Exif segment with one entry behind a JPEG file's first marker."""
    mark = {"<": b"II", ">": b"MM"}[order]
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 1) + entry + bytes(4)
    segment = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def test_ppm_and_png_give_the_same_pixels(program: Path, formats: str, tmp_path: Path) -> None:
    require_format(formats, "PNG_PNG_INCLUDE_DIR")
    (tmp_path / "a.ppm").write_bytes(GRADIENT_PPM)
    (tmp_path / "b.PNG").write_bytes(PNG)

    first, second = decode(program, tmp_path)

    assert (first["width"], first["height"]) == (40, 24)
    assert first["crc32"] == second["crc32"] == f"{zlib.crc32(GRADIENT):08x}"
    assert first["scaled_crc32"] == second["scaled_crc32"]


def test_a_jpeg_image_is_read(program: Path, formats: str, tmp_path: Path) -> None:
    require_format(formats, "JPEG_INCLUDE_DIR")
    (tmp_path / "colour.jpg").write_bytes(JPEG)
    (tmp_path / "grey.jpeg").write_bytes((IMAGES_DIR / "grey.jpg").read_bytes())

    colour, grey = decode(program, tmp_path)

    assert colour["crc32"] == JPEG_CRC32
    assert (grey["width"], grey["height"]) == (40, 24)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_jpeg_image_is_turned_as_exif_says(
    program: Path, formats: str, tmp_path: Path, orientation: int, order: str
) -> None:
    require_format(formats, "JPEG_INCLUDE_DIR")
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "b.jpg").write_bytes(with_orientation(JPEG, orientation, order))

    upright, turned = decode(program, tmp_path)

    assert turned["crc32"] != upright["crc32"]
    assert (turned["width"] == 24) is (orientation != 3)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("b.jpg", JPEG[:-60], id="a JPEG that ends too early"),
        pytest.param("b.jpg", JPEG[:40], id="a JPEG's header"),
        pytest.param("b.jpg", JPEG[:3], id="a JPEG's first bytes"),
        pytest.param("b.jpg", JPEG.replace(b"\xff\xc0", b"\xff\xc3"), id="a JPEG of a rare kind"),
        pytest.param("b.png", PNG[: len(PNG) // 2], id="half a PNG"),
        pytest.param("b.png", PNG[:60] + b"\0\0\0\0" + PNG[64:], id="a damaged PNG"),
        pytest.param("b.ppm", GRADIENT_PPM[:-1], id="a short PPM"),
        pytest.param("b.jpg", b"", id="empty"),
        pytest.param("b.jpg", b"GIF89a", id="another format"),
    ],
)
def test_a_damaged_image_is_skipped_with_a_warning(
    program: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / "a.ppm").write_bytes(GRADIENT_PPM)
    (tmp_path / name).write_bytes(content)

    done = run_program(program, tmp_path, "--decode-only")

    assert done.returncode == 0
    assert done.stderr.count("warning: skipping") == 1
    assert name in done.stderr


def test_an_image_that_is_too_large_is_told_before_memory_is_asked_for(
    program: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.ppm").write_bytes(b"P6 60000 60000 255\n")

    assert "an image that is too large" in run_program(program, tmp_path, "--decode-only").stderr


def test_without_any_image_that_can_be_read_it_fails(program: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG[:40])

    done = run_program(program, tmp_path, "--decode-only")

    assert done.returncode == 1
    assert "can be read" in done.stderr


def test_without_a_runtime_a_model_is_an_error(program: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ppm").write_bytes(GRADIENT_PPM)
    (tmp_path / "m.tflite").write_bytes(b"")

    done = run_program(program, tmp_path, "--model", str(tmp_path / "m.tflite"))

    assert done.returncode == 1
    assert done.stderr == "error: this program was built without a runtime for models\n"


@pytest.mark.parametrize(
    ("triple", "emulator"),
    [
        ("aarch64-linux-gnu", "qemu-aarch64-static"),
        ("arm-linux-gnueabihf", "qemu-arm-static"),
        ("riscv64-linux-gnu", "qemu-riscv64-static"),
    ],
)
def test_another_processor_scales_to_the_same_pixels(
    program: Path, tmp_path: Path, triple: str, emulator: str
) -> None:
    require(f"{triple}-gcc", f"{triple}-g++", emulator)
    options = [
        "-DCMAKE_SYSTEM_NAME=Linux",
        f"-DCMAKE_C_COMPILER={triple}-gcc",
        f"-DCMAKE_CXX_COMPILER={triple}-g++",
        "-DCMAKE_DISABLE_FIND_PACKAGE_JPEG=ON",
        "-DCMAKE_DISABLE_FIND_PACKAGE_PNG=ON",
        "-DCMAKE_EXE_LINKER_FLAGS=-static",
        "-DCKPM_RUNTIME=none",
    ]
    foreign = cmake_build(SOURCE_DIR, tmp_path / "build", options) / "object-detection"
    images = tmp_path / "images"
    images.mkdir()
    (images / "a.ppm").write_bytes(GRADIENT_PPM)

    command = [emulator, foreign, "--decode-only", "--images", images, "--out", images / "foreign"]
    subprocess.run(command, check=True, capture_output=True)

    foreign_document = json.loads((images / "foreign" / "decoded.json").read_text())
    assert foreign_document["images"] == decode(program, images)
