"""A generation as installing leaves it: each package is judged as what it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ckpm.check import Judged, check_environment
from ckpm.config.platforms import known_platforms
from ckpm.store import Store

COMPILER = "aarch64-linux-gnu-gcc"
TARGET = known_platforms()["linux-arm64"]

pytestmark = pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"there is no {COMPILER}")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def generation(store: Store) -> Path:
    directory = store.environments / "demo" / TARGET.name / "1"
    (directory / "packages").mkdir(parents=True)
    return directory


def compiled(place: Path, *flags: str, compiler: str = COMPILER) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    source = place.with_suffix(".c")
    source.write_text("const char *f(void) { return WHERE; }")
    argv = [compiler, "-shared", "-fPIC", '-DWHERE="here"', *flags, str(source), "-o", str(place)]
    subprocess.run(argv, check=True)
    source.unlink()
    return place


def package(store: Store, generation: Path, name: str, made_by: str) -> Path:
    result = store.result("0" * 32, name, "1")
    result.mkdir(parents=True)
    record = {"tree": None, "size": 1, "made_by": made_by}
    result.with_name(f"{result.name}.json").write_text(json.dumps(record))
    (generation / "packages" / name).symlink_to(result)
    return result


def judged(generation: Path, store: Store) -> dict[str, Judged]:
    work = str(store.root / "work")
    return {j.package: j for j in check_environment(generation, TARGET, store, [work])}


def rules(judged: Judged) -> list[tuple[str, str]]:
    return [(f.severity, f.rule) for f in judged.findings if f.severity != "note"]


def test_what_was_built_is_held_to_more_than_what_is_prebuilt(
    store: Store, generation: Path
) -> None:
    trace = f"-Wl,-rpath,{store.root}/work/.tmp-1/lib"
    for name, made_by in (("built", "build"), ("prebuilt", "npm")):
        compiled(package(store, generation, name, made_by) / "lib" / "liba.so", trace)
    found = judged(generation, store)
    assert found["built"].origin == "built here"
    assert rules(found["built"]) == [("error", "paths"), ("warning", "paths")]
    assert found["prebuilt"].origin == "prebuilt, from npm"
    assert rules(found["prebuilt"]) == []


def test_packages_supply_each_other(store: Store, generation: Path) -> None:
    runtime = package(store, generation, "runtime", "npm") / "lib"
    compiled(runtime / "libruntime.so", "-Wl,-soname,libruntime.so")
    program = package(store, generation, "program", "build") / "lib" / "liba.so"
    compiled(program, f"-L{runtime}", "-Wl,--no-as-needed", "-lruntime", f"-Wl,-rpath,{runtime}")
    assert rules(judged(generation, store)["program"]) == []
    (generation / "packages" / "runtime").unlink()
    assert rules(judged(generation, store)["program"]) == [("error", "needed")]


def test_what_was_detected_supplies_and_is_not_judged(
    store: Store, generation: Path, tmp_path: Path
) -> None:
    detected = tmp_path / "opt" / "runtime"
    compiled(detected / "lib" / "libruntime.so", "-Wl,-soname,libruntime.so", "-Wl,-rpath,/gone")
    (generation / "packages" / "runtime").symlink_to(detected)
    program = package(store, generation, "program", "build") / "liba.so"
    flags = (f"-L{detected}/lib", "-Wl,--no-as-needed", "-lruntime")
    compiled(program, *flags, f"-Wl,-rpath,{detected}/lib")
    found = judged(generation, store)
    assert list(found) == ["program"]
    assert rules(found["program"]) == []


@pytest.mark.parametrize(
    "tree", ["python/lib/python3.11/site-packages", "venv/lib/python3.11/site-packages"]
)
def test_native_modules_belong_to_their_distributions(
    store: Store, generation: Path, tree: str
) -> None:
    site = generation / tree
    compiled(site / "good" / "_good.so", "-Wl,--no-as-needed", "-lc")
    compiled(site / "bad" / "_bad.so", compiler="gcc")
    compiled(site / "stray.so")
    for name, path in (("good", "good/_good.so"), ("bad", "bad/_bad.so"), ("pure", "pure.py")):
        record = site / f"{name}-1.0.dist-info" / "RECORD"
        record.parent.mkdir(parents=True)
        record.write_text(f"{path},sha256=x,1\n\n")
    (site / "torn-1.0.dist-info").mkdir()
    (site / "torn-1.0.dist-info" / "RECORD").write_bytes(b'"' + b"\xff" * 200_000)
    found = judged(generation, store)
    assert sorted(found) == ["Python, of no distribution", "bad 1.0", "good 1.0"]
    assert found["good 1.0"].origin == "prebuilt, a wheel"
    assert rules(found["good 1.0"]) == []
    assert rules(found["bad 1.0"]) == [("error", "machine")]


def test_python_supplies_its_own_library_to_modules_alone(
    store: Store, generation: Path, tmp_path: Path
) -> None:
    python = compiled(tmp_path / "libpython3.11.so", "-Wl,-soname,libpython3.11.so.1.0")
    flags = (f"-L{python.parent}", "-Wl,--no-as-needed", "-lpython3.11")
    compiled(generation / "python/lib/python3.11/site-packages" / "module.so", *flags)
    compiled(package(store, generation, "program", "npm") / "program.so", *flags)
    found = judged(generation, store)
    assert rules(found["Python, of no distribution"]) == []
    assert rules(found["program"]) == [("warning", "needed")]


def test_what_holds_nothing_compiled_is_not_listed(store: Store, generation: Path) -> None:
    (package(store, generation, "photos", "archive") / "cat.jpg").write_bytes(b"\xff\xd8")
    assert judged(generation, store) == {}


def test_a_package_that_is_gone_from_the_store_is_told(store: Store, generation: Path) -> None:
    result = package(store, generation, "gone", "npm")
    result.rmdir()
    [finding] = judged(generation, store)["gone"].findings
    assert (finding.severity, finding.rule) == ("error", "links")
