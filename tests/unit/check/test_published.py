"""What the checks say of libraries that others have built and published."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import IO, Any

import pytest
import yaml

from ckpm.check import check_product
from ckpm.config.platforms import known_platforms
from ckpm.model.platform import parse_target

pytestmark = pytest.mark.network

CASES = Path(__file__).parents[2] / "cases" / "check" / "published" / "libraries.yaml"


def cases() -> list[Any]:
    read = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{case['name']}-{case['target']}") for case in read]


@pytest.mark.parametrize("case", cases())
def test_what_is_said(case: dict[str, Any], tmp_path: Path) -> None:
    fetch(case["name"], case["from"], tmp_path)
    found = tmp_path.rglob(Path(case["library"]).name)
    [place] = [path for path in found if str(path).endswith(case["library"])]
    known = known_platforms()
    said = check_product(place, parse_target(case["target"], known, known["linux-x86_64"]))
    assert [f"{f.severity} {f.rule}: {f.message}" for f in said] == case["found"]


def fetch(reference: str, origin: str, directory: Path) -> None:
    if origin == "npm":
        fetch_npm(reference, directory)
    else:
        fetch_wheel(reference, origin, directory)


def fetch_npm(reference: str, directory: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm here")
    subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", reference], cwd=directory, check=True
    )
    [tarball] = directory.glob("*.tgz")
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.name.endswith((".aar", ".so")):
                keep(directory / member.name, archive.extractfile(member))
    for file in directory.rglob("*.aar"):
        unzip(file, directory)


def fetch_wheel(reference: str, tag: str, directory: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    asked = ["--platform", tag, "--python-version", "3.11", "-d", str(directory), reference]
    subprocess.run([*pip, *asked], check=True)
    [wheel] = directory.glob("*.whl")
    unzip(wheel, directory)


def unzip(file: Path, directory: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.endswith(".so"):
                keep(directory / name, archive.open(name))


def keep(place: Path, content: IO[bytes] | None) -> None:
    assert content is not None
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)
