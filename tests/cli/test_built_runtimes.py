"""Runtimes of models from source, for machines that have no package of their own."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from debian_sources import archives
from debian_sources.projects import Projects, ckpm, run, served

from ckpm._content import bundled_dir
from ckpm.model.recipe import Part, Recipe
from ckpm.recipe.load import load_recipe

PROGRAMS = {
    "linux-arm64": ("aarch64-linux-gnu-g++", "qemu-aarch64-static"),
    "linux-riscv64": ("riscv64-linux-gnu-g++", "qemu-riscv64-static"),
}
# As it is for a machine for which nobody builds the C library.
LITERT_FOR_PYTHON = """\
name: litert
kind: library
summary: LiteRT for Python alone
version_scheme: pep440
provides: [tflite-runtime]
sources:
  - {from: pypi, distribution: ai-edge-litert}
"""

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Projects]:
    with served(tmp_path_factory.mktemp("runtimes")) as projects:
        yield projects


def need(target: str) -> None:
    if lacking := [name for name in PROGRAMS[target] if not shutil.which(name)]:
        pytest.skip(f"{target} takes {', '.join(lacking)}")


@pytest.mark.parametrize(
    ("target", "runtime"), [("linux-arm64", "litert"), ("linux-riscv64", "tensorflow-lite")]
)
def test_a_runtime_is_built_only_where_none_is_ready(
    tmp_path: Path, target: str, runtime: str
) -> None:
    need(target)
    (tmp_path / "ckpm.yaml").write_text("name: nothing\nrequires: []\n", encoding="utf-8")
    found = ckpm(tmp_path, "resolve", "-e", "object-detection", "--target", target)
    names = {package["name"] for package in found["packages"]}
    assert names & {"litert", "tensorflow-lite", "tensorflow"} == {runtime}


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("recipe", "statements", "elsewhere"),
    [
        # FXdiv is named by pthreadpool.
        ("tensorflow-lite", (".bzl", ".cmake"), {"tensorflow/tensorflow", "Maratyszcza/FXdiv"}),
        ("onnxruntime", ("cmake/deps.txt",), {"microsoft/onnxruntime"}),
    ],
)
def test_parts_are_those_that_the_project_itself_names(
    projects: Projects, recipe: str, statements: tuple[str, ...], elsewhere: set[str]
) -> None:
    archive = archives(recipe)[0]
    projects.make(recipe)
    stated = numbers_in(projects.apt.directory / "archives" / archive.file, statements)
    source = next(s for s in load(recipe).sources if archive.version in s.versions)
    unknown = {part.urls[0] for part in source.parts if not sums_of(part) & stated}
    assert {repository_of(url) for url in unknown} == elsewhere


def load(recipe: str) -> Recipe:
    return load_recipe(bundled_dir("recipes") / f"{recipe}.yaml")


def sums_of(part: Part) -> set[str]:
    return {digest.value for digest in part.digests}


def repository_of(url: str) -> str:
    return "/".join(url.split("/")[3:5])


def numbers_in(archive: Path, suffixes: tuple[str, ...]) -> set[str]:
    """Return the hexadecimal numbers in some files of an archive."""
    with tarfile.open(archive) as tar:
        files = (tar.extractfile(m) for m in tar if m.isfile() and m.name.endswith(suffixes))
        texts = [file.read().decode("utf-8", "replace") for file in files if file]
    return set(re.findall(r"\b[0-9a-f]{40,64}\b", " ".join(texts)))


def detections(project: Path, *arguments: str) -> Any:
    """Run the example in a project; return its document."""
    asked = ("repeats=1", "--output", "out", "--option", "language=cpp")
    run(project, "run", "object-detection", *asked, *arguments)
    return json.loads((project / "out" / "detections.json").read_text(encoding="utf-8"))


def certain(document: Any) -> dict[tuple[str, str], float]:
    """Return the scores of what is surely seen, by photograph and label."""
    return {
        (image["file"], row["label"]): row["score"]
        for image in document["images"]
        for row in image["detections"]
        if row["score"] >= 0.6
    }


@pytest.mark.heavy
@pytest.mark.parametrize("target", list(PROGRAMS))
def test_tensorflow_lite_from_source_sees_what_litert_sees(
    projects: Projects, tmp_path: Path, target: str
) -> None:
    need(target)
    project = projects.make("tensorflow-lite", "libjpeg-turbo", litert=LITERT_FOR_PYTHON)
    there = detections(project, "--target", target)
    assert (there["runtime"]["name"], there["runtime"]["version"]) == ("tflite", "2.14.1")
    (tmp_path / "ckpm.yaml").write_text("name: native\nrequires: []\n", encoding="utf-8")
    natively = certain(detections(tmp_path))
    assert ("chelsea.jpg", "cat") in natively
    assert certain(there) == pytest.approx(natively, abs=0.1)
