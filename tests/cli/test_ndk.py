"""The NDK's recipe, from a mirror with the NDK's layout, to a library that Android could load.

Google's server is not ours to load. The recipe is the real one with the loopback server's address,
size and sum; what it serves is made of Debian's clang, see ``tests/cases/ndk/README.md``.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from builds import CASES
from programs.ndk import make_ndk

from ckpm import Session
from ckpm._content import bundled_dir
from ckpm.check import check_product
from ckpm.config.platforms import known_platforms

RELEASE = "android-ndk-r27c"
ADDRESS = f"https://dl.google.com/android/repository/{RELEASE}-linux.zip"


def zipped(directory: Path, archive_file: Path) -> bytes:
    """Pack a directory as the NDK is: below one name, with links and what may be executed."""
    with zipfile.ZipFile(archive_file, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(directory.rglob("*")):
            name = f"{RELEASE}/{path.relative_to(directory).as_posix()}"
            info = zipfile.ZipInfo(name + ("/" if path.is_dir() and not path.is_symlink() else ""))
            info.external_attr = path.lstat().st_mode << 16
            if path.is_symlink() and path.is_dir():
                for file in sorted(path.resolve().rglob("*.h")):
                    archive.write(file, f"{name}/{file.relative_to(path.resolve())}")
            elif path.is_symlink() and path.readlink().is_absolute():
                # No archive may lead out of its directory: a script starts the machine's own.
                info.external_attr = (stat.S_IFREG | 0o755) << 16
                program = path.readlink().parent / path.name
                archive.writestr(info, f'#!/bin/sh\nexec {program} "$@"\n')
            elif path.is_symlink():
                archive.writestr(info, str(path.readlink()))
            else:
                archive.writestr(info, b"" if path.is_dir() else path.read_bytes())
    return archive_file.read_bytes()


def with_mirror(text: str, url: str, content: bytes) -> str:
    """Return the recipe with the address, size and sums of one release replaced."""
    a, b = text.index(ADDRESS), text.index("  - from: archive", text.index(ADDRESS))
    block = text[a:b].replace(ADDRESS, url)
    block = re.sub(r"size: \d+", f"size: {len(content)}", block)
    block = re.sub(r"sha256: \w+", f"sha256: {hashlib.sha256(content).hexdigest()}", block)
    return text[:a] + re.sub(r" *sha1: \w+\n", "", block) + text[b:]


def test_the_ndk_comes_by_its_checksum_and_builds(loopback: Any, tmp_path: Path) -> None:
    clang = shutil.which("clang-16")
    if clang is None or not shutil.which("cmake") or not shutil.which("ninja"):
        pytest.skip("no clang-16, cmake or ninja here")
    ndk = make_ndk(tmp_path / "ndk", Path(clang), api_levels=(26,))
    content = zipped(ndk, tmp_path / "ndk.zip")
    url = loopback.serve(f"android/repository/{RELEASE}-linux.zip", content)
    recipes = tmp_path / "content" / "recipes"
    (recipes / "number-cmake").mkdir(parents=True)
    recipe = (bundled_dir("recipes") / "android-ndk.yaml").read_text(encoding="utf-8")
    (recipes / "android-ndk.yaml").write_text(with_mirror(recipe, url, content))
    text = (CASES / "recipes" / "number-cmake.yaml").read_text(encoding="utf-8")
    (recipes / "number-cmake.yaml").write_text(f"name: number-cmake\n{text}")
    shutil.copytree(CASES / "number", recipes / "number-cmake" / "number")

    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "CKPM_CACHE": str(tmp_path / "c")}
    session = Session(content=[tmp_path / "content"], store=tmp_path / "store", environ=environ)
    asked = ["number-cmake:programs=OFF", "android-ndk==27.2.12479018"]
    environment = session.install(session.resolve(asked, target="android-arm64"))

    assert loopback.sent(f"android/repository/{RELEASE}-linux.zip") == len(content)
    product = environment.directory / "packages" / "number-cmake"
    found = check_product(product.resolve(), known_platforms()["android-arm64"], built_here=True)
    assert [each.severity for each in found if each.severity != "note"] == []
    assert "is built for API 26 by NDK r27c" in " ".join(each.message for each in found)
