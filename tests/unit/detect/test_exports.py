"""What other tools read: checked by them where they are here, by its text where not."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from ckpm.cli.exports import export
from ckpm.model.installation import Installation
from ckpm.model.owner import Owner
from ckpm.model.version import Version
from ckpm.session import Session

FOUND = (
    Installation("gcc", Version("12.2.0"), "/usr", ("/usr/bin/gcc", "/usr/bin/g++-12")),
    Installation("gcc", Version("11.3.0"), "/usr", ("/usr/bin/gcc-11",)),
    Installation("cmake", Version("3.25.1"), "/usr", ("/usr/bin/cmake",)),
    Installation("ninja", Version("1.11.1"), "/usr", ("/usr/bin/ninja",)),
    Installation(
        "openmpi",
        Version("4.1.6"),
        "/apps/openmpi",
        ("/apps/openmpi/bin/mpicc",),
        ("run", "link", "develop"),
        owner=Owner("module", "OpenMPI", "4.1.6"),
        needs=("GCC/13.2.0",),
    ),
    Installation("python", Version("3.11"), "/opt/py", ("/opt/py/bin/python",), ("run", "develop")),
    Installation("numpy", Version("2.0"), "/x", ("/x/numpy",), python="/usr/bin/python3"),
    Installation("llvm", Version("14.0.6"), "/llvm", ("/llvm/bin/llvm-config",), ("link",)),
    Installation("clang", Version("14.0.6"), "/llvm", ("/llvm/bin/clang", "/llvm/bin/clang++-14")),
    Installation("never-heard-of", Version("1"), "/usr", ("/usr/bin/never",)),
)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def test_spack_reads_names_prefixes_compilers_and_modules(session: Session) -> None:
    packages = yaml.safe_load(export("spack", FOUND, session))["packages"]
    assert {"gcc", "cmake", "ninja", "openmpi", "llvm"} <= set(packages)
    assert not {"numpy", "py-numpy", "never-heard-of", "clang"} & set(packages)
    gcc, older = packages["gcc"]["externals"]
    compilers = {"c": "/usr/bin/gcc", "cxx": "/usr/bin/g++-12"}
    assert gcc["extra_attributes"] == {"compilers": compilers}
    assert (older["spec"], older["prefix"]) == ("gcc@11.3.0", "/usr")
    assert packages["openmpi"]["externals"][0]["modules"] == ["GCC/13.2.0", "OpenMPI/4.1.6"]
    assert [each["spec"] for each in packages["llvm"]["externals"]] == ["llvm@14.0.6"]
    assert "compilers" in packages["llvm"]["externals"][0]["extra_attributes"]


def test_conan_reads_the_nearest_whole_compiler_and_the_tools(session: Session) -> None:
    text = export("conan", FOUND, session)
    assert "compiler=gcc\ncompiler.version=12\n" in text
    assert "cmake/3.25.1\n" in text
    assert 'compiler_executables={"c": "/usr/bin/gcc", "cpp": "/usr/bin/g++-12"}' in text


def test_cmake_gets_a_preset_for_each_whole_compiler(session: Session) -> None:
    presets = json.loads(export("cmake", FOUND, session))["configurePresets"]
    assert [preset["name"] for preset in presets] == ["gcc-12.2.0", "clang-14.0.6"]
    variables = presets[0]["cacheVariables"]
    assert variables["CMAKE_CXX_COMPILER"] == "/usr/bin/g++-12"
    assert variables["CMAKE_PREFIX_PATH"] == "/apps/openmpi"
    assert presets[0]["generator"] == "Ninja"


def test_cmake_configures_with_what_this_machine_has(session: Session, tmp_path: Path) -> None:
    if not (shutil.which("cmake") and shutil.which("ninja") and shutil.which("g++")):
        pytest.skip("needs cmake, ninja and g++")
    found = session.detect(["gcc", "cmake", "ninja"])
    text = export("cmake", found, session)
    (tmp_path / "CMakePresets.json").write_text(text)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(x CXX)\nadd_library(x x.cpp)\n"
    )
    (tmp_path / "x.cpp").write_text("int x() { return 1; }\n")
    name = json.loads(text)["configurePresets"][0]["name"]
    subprocess.run(["cmake", "--preset", name], cwd=tmp_path, check=True, capture_output=True)
    built = ["cmake", "--build", f"build/{name}"]
    subprocess.run(built, cwd=tmp_path, check=True, capture_output=True)
