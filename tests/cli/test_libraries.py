"""Libraries from source, truly cross-compiled: the recipes as they are, the bytes from Debian."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from debian_sources import archives, recipe_text
from debian_sources.projects import Projects, ckpm, served
from elftools.elf.elffile import ELFFile
from PIL import Image

HERE = Path(__file__).parents[1]
IMAGES = HERE / "programs" / "images"
SOURCES = HERE / "debian_sources"
PICTURES = ("zlib", "libpng==1.6.39", "libjpeg-turbo==2.1.5")
CPLUSPLUS = ("eigen==3.4.0", "abseil-cpp==20260526.0", "flatbuffers==23.5.26", "protobuf==3.21.12")
MACHINES = {
    "linux-arm64": ("aarch64-linux-gnu", "EM_AARCH64"),
    "linux-armv7": ("arm-linux-gnueabihf", "EM_ARM"),
    "linux-riscv64": ("riscv64-linux-gnu", "EM_RISCV"),
}
EMULATORS = {"linux-arm64": "qemu-aarch64-static", "linux-riscv64": "qemu-riscv64-static"}


def need(*programs: str) -> None:
    """Skip where a program is missing."""
    if lacking := [name for name in programs if not shutil.which(name)]:
        pytest.skip(f"needs {', '.join(lacking)}")


@pytest.mark.parametrize(
    "archive", [a for a in archives() if not a.repacked], ids=lambda archive: archive.recipe
)
def test_what_debian_has_is_what_the_recipe_states(archive: Any) -> None:
    sources = recipe_text(archive.recipe).split("  - from:")
    stated = [text for text in sources if f'versions: ["{archive.version}"]' in text]
    assert stated
    assert all(f"sha256: {archive.sha256}\n" in text for text in stated)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Projects]:
    with served(tmp_path_factory.mktemp("libraries")) as projects:
        yield projects


@pytest.fixture(scope="module")
def project(projects: Projects) -> Path:
    """A project of the libraries that are built in minutes."""
    return projects.make(*(name.partition("==")[0] for name in (*PICTURES, *CPLUSPLUS)))


def installed(project: Path, target: str, *requirements: str) -> Path:
    """Install into an environment for a target; return the directory of its packages."""
    need(f"{MACHINES[target][0]}-g++", "make")
    result = ckpm(project, "install", *requirements, "--target", target, "-e", target)
    return Path(result["directory"], "packages")


def compiled(packages: Path, target: str, source: Path, *libraries: str) -> Path:
    """Compile a program against an environment, with nothing of this machine's own."""
    triple, program = MACHINES[target][0], packages.parent.parent / f"{source.stem}.out"
    flags = ("-I{}/include", "-I{}/include/eigen3", "-L{}/lib", "-Wl,-rpath-link,{}/lib")
    places = [flag.format(name) for name in sorted(packages.iterdir()) for flag in flags]
    compiler = f"{triple}-{'g++' if source.suffix == '.cpp' else 'gcc'}"
    command = [compiler, "-O1", str(source), "-o", str(program), *places, *libraries]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return program


def printed(packages: Path, target: str, program: Path, *arguments: str) -> list[str]:
    """Run a program for another machine; return the lines that it prints."""
    need(EMULATORS[target])
    found = ":".join(str(package / "lib") for package in packages.iterdir())
    environ = ["-E", f"LD_LIBRARY_PATH={found}"]
    command = [
        EMULATORS[target],
        "-L",
        f"/usr/{MACHINES[target][0]}",
        *environ,
        str(program),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def looked_up(product: Path) -> Iterator[tuple[Path, str, list[str]]]:
    """Yield each shared library or program of a product with its machine and run paths."""
    for path in sorted(file for file in product.rglob("*") if file.is_file()):
        with path.open("rb") as stream:
            if stream.read(4) != b"\x7fELF":
                continue
            elf = ELFFile(stream)
            dynamic = elf.get_section_by_name(".dynamic")
            tags = dynamic.iter_tags("DT_RUNPATH") if dynamic else ()
            yield path, elf["e_machine"], [place for t in tags for place in t.runpath.split(":")]


@pytest.mark.network
@pytest.mark.parametrize(
    "target",
    [
        "linux-arm64",
        *(pytest.param(t, marks=pytest.mark.heavy) for t in ("linux-armv7", "linux-riscv64")),
    ],
)
def test_image_libraries_are_for_their_machine_and_can_be_moved(project: Path, target: str) -> None:
    packages = installed(project, target, *PICTURES)
    found = [item for name in packages.iterdir() for item in looked_up(name.resolve())]
    assert {path.name for path, _, _ in found} >= {
        "libz.so.1.3.2",
        "libpng16.so.16.39.0",
        "libjpeg.so.62.3.0",
    }
    assert {machine for _, machine, _ in found} == {MACHINES[target][1]}
    assert [
        (p, place) for p, _, places in found for place in places if not place.startswith("$ORIGIN")
    ] == []


@pytest.mark.network
def test_a_program_for_arm64_decodes_what_pillow_decodes(project: Path) -> None:
    packages = installed(project, "linux-arm64", *PICTURES)
    program = compiled(
        packages, "linux-arm64", SOURCES / "decode.c", "-ljpeg", "-lpng", "-lz", "-lm"
    )
    files = [IMAGES / name for name in ("gradient.jpg", "gradient.png", "grey.jpg")]
    lines = printed(packages, "linux-arm64", program, *map(str, files))
    for file, line in zip(files, lines, strict=True):
        width, height, *means = line.split()
        assert [float(mean) for mean in means] == pytest.approx(mean_colours(file), abs=1)
        with Image.open(file) as image:
            assert (int(width), int(height)) == image.size


@pytest.mark.network
@pytest.mark.heavy
def test_opencv_for_arm64_decodes_what_pillow_decodes(projects: Projects) -> None:
    need("cmake", "ninja")
    project = projects.make("opencv", "zlib", "libpng", "libjpeg-turbo")
    packages = installed(project, "linux-arm64", "opencv==4.6.0", *PICTURES)
    program = built_with_preset(project, SOURCES / "opencv", "linux-arm64") / "decode"
    files = [IMAGES / "gradient.jpg", IMAGES / "gradient.png"]
    lines = printed(packages, "linux-arm64", program, *map(str, files))
    for file, whole, half in zip(files, lines[::2], lines[1::2], strict=True):
        width, height, *means = whole.split()
        assert [float(mean) for mean in means] == pytest.approx(mean_colours(file), abs=1)
        assert half.split()[:2] == [str(int(width) // 2), str(int(height) // 2)]
        assert [float(mean) for mean in half.split()[2:]] == pytest.approx(
            mean_colours(file), abs=2
        )


def built_with_preset(project: Path, source: Path, target: str) -> Path:
    """Build a CMake project against an environment; return the directory of its programs."""
    shutil.copytree(source, project, dirs_exist_ok=True)
    ckpm(project, "env", "export", "cmake", "-e", target, "--target", target)
    preset = f"ckpm-{target}"
    for step in (["--preset", preset, "-G", "Ninja"], ["--build", "--preset", preset]):
        done = subprocess.run(
            ["cmake", *step], cwd=project, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return project / "build" / preset


def mean_colours(file: Path) -> list[float]:
    with Image.open(file) as image:
        counts = image.convert("RGB").histogram()
        area = image.width * image.height
    bands = (counts[at : at + 256] for at in (0, 256, 512))
    return [sum(value * count for value, count in enumerate(band)) / area for band in bands]


@pytest.mark.network
@pytest.mark.heavy
def test_a_program_for_arm64_uses_the_cplusplus_libraries(project: Path) -> None:
    packages = installed(project, "linux-arm64", *CPLUSPLUS)
    abseil = ("strings", "strings_internal", "int128", "raw_logging_internal", "throw_delegate")
    libraries = ("-lprotobuf", *(f"-labsl_{name}" for name in abseil), "-lz", "-lpthread")
    program = compiled(packages, "linux-arm64", SOURCES / "cplusplus.cpp", *libraries)
    lines = printed(packages, "linux-arm64", program)
    assert lines == ["eigen 5", "abseil 42 1.5", "flatbuffers 12", "protobuf cat"]
