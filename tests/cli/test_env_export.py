"""Environments for a person's own projects: CMake's presets, Meson's file, Android's libraries."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from builds import CASES, Workplace, add_recipes, make_workplace, need, printed
from programs.ndk import make_ndk

NDK = "27.2.12479018"
ANDROID = "{http://schemas.android.com/apk/res/android}"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    need("cmake", "ninja", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++")
    made = make_workplace(tmp_path_factory.mktemp("export"))
    add_recipes(made)
    made.install("linux-arm64", "number-cmake", "cxx-compiler", env="number")
    return made


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A person's own project, which needs the library."""
    return shutil.copytree(CASES / "counted", tmp_path / "own")


def run(command: Sequence[str | Path], own: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=own, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def check_program(workplace: Workplace, program: Path) -> None:
    """Run a program of the person's own with the environment's libraries."""
    need("qemu-aarch64-static")
    [packages] = workplace.store.glob("envs/number*/linux-arm64/current/packages")
    done = printed("linux-arm64", packages, [program], workplace.store / "cache")
    assert (done.returncode, done.stdout) == (0, "number 7\n"), done


EXPORT = ("env", "export", "-e", "number", "--target", "linux-arm64")


def test_a_cmake_project_takes_its_preset(workplace: Workplace, own: Path) -> None:
    mine = {"version": 3, "include": ["mine.json"], "configurePresets": [{"name": "mine"}]}
    (own / "mine.json").write_text('{"version": 3}')
    (own / "CMakeUserPresets.json").write_text(json.dumps(mine))
    for _ in range(2):
        said = workplace.ckpm(*EXPORT, "cmake", "--output", str(own))
        assert said.code == 0, said.err
    presets = json.loads((own / "CMakeUserPresets.json").read_text())
    assert presets["configurePresets"] == [{"name": "mine"}]
    assert [Path(name).name for name in presets["include"]] == ["mine.json", "CMakePresets.json"]
    del presets["configurePresets"]
    (own / "CMakeUserPresets.json").write_text(json.dumps(presets))
    run(["cmake", "--preset", "ckpm-linux-arm64", "-G", "Ninja"], own, workplace.environ)
    run(["cmake", "--build", "--preset", "ckpm-linux-arm64"], own, workplace.environ)
    check_program(workplace, own / "build" / "ckpm-linux-arm64" / "number-c")


def test_presets_that_are_no_json_are_left_alone(workplace: Workplace, own: Path) -> None:
    (own / "CMakeUserPresets.json").write_text("{ mine")
    said = workplace.ckpm(*EXPORT, "cmake", "--output", str(own))
    assert said.code == 2, said.err
    assert f"{own / 'CMakeUserPresets.json'}:1" in said.err
    assert (own / "CMakeUserPresets.json").read_text() == "{ mine"


def test_a_meson_project_takes_its_cross_file(workplace: Workplace, own: Path) -> None:
    need("meson", "pkg-config")
    said = workplace.ckpm(*EXPORT, "meson")
    assert said.code == 0, said.err
    command = ["meson", "setup", "build", "--cross-file", said.out.strip()]
    run(command, own, workplace.environ)
    run(["meson", "compile", "-C", "build"], own, workplace.environ)
    check_program(workplace, own / "build" / "number-c")


def test_without_a_toolchain_it_is_said_how_to_add_one(workplace: Workplace) -> None:
    workplace.recipe(
        "plain",
        "kind: dataset\nsummary: a file\n"
        'sources:\n  - {from: file, versions: ["1"], path: number}\n',
        CASES / "number",
    )
    workplace.install("linux-arm64", "plain")
    said = workplace.ckpm("env", "export", "-e", "plain", "--target", "linux-arm64", "cmake")
    assert said.code == 4
    assert "`plain` has no toolchain for linux-arm64" in said.err
    assert "ckpm install cxx-compiler" in said.err


@pytest.fixture(scope="module")
def android(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    need("clang-16", "lld-16")
    clang = Path(shutil.which("clang-16") or "")
    ndk = make_ndk(tmp_path_factory.mktemp("ndk") / "ndk", clang)
    place = workplace.having(ANDROID_NDK_HOME=str(ndk))
    for target in ("android-arm64:api=26", "android-x86_64:api=35"):
        asked = ("number-cmake:programs=OFF", f"android-ndk=={NDK}")
        place.install(target, *asked, env="phone")
    return place


def test_an_app_takes_libraries_by_abi(android: Workplace, tmp_path: Path) -> None:
    output = tmp_path / "jniLibs"
    said = android.ckpm("env", "export", "-e", "phone", "jnilibs", "--output", str(output))
    assert said.code == 0, said.err
    names = ["arm64-v8a/libnumber.so", "x86_64/libnumber.so"]
    assert said.out.splitlines() == names
    machines = [int.from_bytes((output / name).read_bytes()[18:20], "little") for name in names]
    assert machines == [183, 62]


def test_one_target_is_exported_where_one_is_named(android: Workplace, tmp_path: Path) -> None:
    chosen = ("--target", "android-x86_64", "jnilibs", "--output", str(tmp_path / "one"))
    said = android.ckpm("env", "export", "-e", "phone", *chosen)
    assert said.out.splitlines() == ["x86_64/libnumber.so"]


def test_an_archive_for_gradle_is_the_same_bytes_each_time(
    android: Workplace, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("a.aar", "b.aar")]
    for file in files:
        said = android.ckpm("env", "export", "-e", "phone", "aar", "--output", str(file))
        assert said.code == 0, said.err
    assert files[0].read_bytes() == files[1].read_bytes()
    with zipfile.ZipFile(files[0]) as archive:
        assert {"AndroidManifest.xml", "classes.jar"} < set(archive.namelist())
        assert "jni/arm64-v8a/libnumber.so" in archive.namelist()
        manifest = ET.fromstring(archive.read("AndroidManifest.xml"))  # noqa: S314
        least = manifest.find("uses-sdk")
    assert manifest.get("package") == "ckpm.phone"
    assert least is not None
    assert least.get(f"{ANDROID}minSdkVersion") == "35"


def test_an_environment_that_is_for_no_phone_has_no_such_export(workplace: Workplace) -> None:
    said = workplace.ckpm("env", "export", "-e", "number", "jnilibs")
    assert (said.code, "is not installed for Android" in said.err) == (4, True)
