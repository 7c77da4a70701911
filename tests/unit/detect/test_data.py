"""Datasets and models: layouts, how deep they are verified, and where people keep them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ckpm._content import bundled_dir
from ckpm.detect import Journal, Search, detect
from ckpm.detect.conventions import PLACES
from ckpm.detect.roots import expand_roots
from ckpm.errors import ContentError
from ckpm.model.detector import ROOT_SETS, Detector, VersionProbe
from ckpm.model.installation import Installation
from ckpm.model.layout import Amount, Depth, Layout
from ckpm.model.platform import Platform
from ckpm.recipe.compiled import compiled_detectors
from ckpm.recipe.load import load_detector
from ckpm.system.host import LocalHost

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu")
WEIGHTS = b"weights"
SUM = hashlib.sha256(WEIGHTS).hexdigest()
MODEL = Layout(
    ("model.bin",),
    sizes=(("model.bin", Amount(7, 7)),),
    checksums=(("model.bin", f"sha256:{SUM}"),),
)
PHOTOS = Layout(("list.txt",), counts=(("val/*.jpg", Amount(3, 3)),))


class CountingHost(LocalHost):
    """This machine, with a list of what was listed and read whole."""

    def __init__(self, **environ: str) -> None:
        super().__init__(environ, LINUX)
        self.measured: list[str] = []

    def digest(self, path: str, algorithm: str) -> str | None:
        self.measured.append(path)
        return super().digest(path, algorithm)

    def names(self, directory: str) -> object:  # type: ignore[override]
        if "/top" in directory:  # The machine's own modules and packages are listed too.
            self.measured.append(directory)
        return super().names(directory)


def detector(root: Path, *layouts: Layout) -> Detector:
    return Detector(
        "thing", roots=(str(root),), layouts=layouts, version=VersionProbe(stated="2017")
    )


def write(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def settle(*paths: Path) -> None:
    for path in paths:
        os.utime(path, ns=(1, 1))


def scan(
    thing: Detector,
    *,
    depth: Depth = "count",
    host: CountingHost | None = None,
    cache: Path | None = None,
    fresh: bool = False,
) -> tuple[tuple[Installation, ...], list[str]]:
    said: list[str] = []
    search = Search(depth=depth, fresh=fresh)
    journal = Journal(said.append)
    return detect([thing], host or CountingHost(), search, cache=cache, journal=journal), said


def test_each_depth_sees_what_the_one_before_does_not(tmp_path: Path) -> None:
    write(tmp_path / "list.txt")
    write(tmp_path / "val" / "1.jpg")
    write(tmp_path / "model.bin", b"WEIGHTS")
    both = detector(tmp_path, replace(PHOTOS, checksums=(("list.txt", "md5:00000000"),)))
    found, said = scan(both, depth="probe")
    assert (len(found), said) == (1, [])
    found, said = scan(both, depth="count")
    assert (found, len(said)) == ((), 1)
    assert "`val` holds 1 of 3 `*.jpg`" in said[0]
    found, said = scan(detector(tmp_path, MODEL), depth="count")
    assert (len(found), said) == (1, [])
    found, said = scan(detector(tmp_path, MODEL), depth="checksum")
    assert found == ()
    assert f"is {hashlib.sha256(b'WEIGHTS').hexdigest()}, not {SUM}" in said[0]


def test_the_beginning_of_a_sum_is_enough_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    write(tmp_path / "model.bin", WEIGHTS)
    for digits, number in ((SUM[:8], 1), (SUM, 1), ("0" * 8, 0), (SUM[:8] + "zz", 0)):
        layout = Layout(("model.bin",), checksums=(("model.bin", f"sha256:{digits}"),))
        assert len(scan(detector(tmp_path, layout), depth="checksum")[0]) == number, digits


def test_a_file_that_cannot_be_read_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "model.bin").mkdir()
    layout = Layout(("model.bin",), checksums=(("model.bin", f"sha256:{SUM}"),))
    found, said = scan(detector(tmp_path, layout), depth="checksum")
    assert found == ()
    assert len(said) == 1


def test_what_was_counted_and_read_is_remembered_until_it_changes(tmp_path: Path) -> None:
    top, cache = tmp_path / "top", tmp_path / "cache"
    model = write(top / "model.bin", WEIGHTS)
    photos = [write(top / "val" / f"{number}.jpg") for number in range(3)]
    write(top / "list.txt")
    settle(model, top / "val")
    both = detector(top, replace(MODEL, files=(*MODEL.files, *PHOTOS.files), counts=PHOTOS.counts))

    def again() -> tuple[int, list[str]]:
        host = CountingHost()
        found, _ = scan(both, depth="checksum", host=host, cache=cache)
        return len(found), host.measured

    assert again() == (1, [f"{top}/val", str(model)])
    assert again() == (1, [])
    model.write_bytes(b"WEIGHTS")
    settle(model)
    os.utime(model, ns=(2, 2))
    assert again() == (0, [str(model)])
    photos[0].unlink()
    assert again()[0] == 0


def test_what_may_still_be_changing_is_not_remembered(tmp_path: Path) -> None:
    top, cache = tmp_path / "top", tmp_path / "cache"
    write(top / "model.bin", WEIGHTS)
    for _ in range(2):
        host = CountingHost()
        scan(detector(top, MODEL), depth="checksum", host=host, cache=cache)
        assert host.measured == [f"{top}/model.bin"]


def test_a_fresh_scan_believes_nothing(tmp_path: Path) -> None:
    top, cache = tmp_path / "top", tmp_path / "cache"
    settle(write(top / "model.bin", WEIGHTS))
    for fresh, number in ((False, 1), (False, 0), (True, 1), (False, 0)):
        host = CountingHost()
        scan(detector(top, MODEL), depth="checksum", host=host, cache=cache, fresh=fresh)
        assert len(host.measured) == number


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format":1}', '{"format":1,"measures":[]}', "[" * 9999]
)
def test_a_corrupted_cache_only_costs_time(tmp_path: Path, text: str) -> None:
    top, cache = tmp_path / "top", tmp_path / "cache"
    settle(write(top / "model.bin", WEIGHTS))
    scan(detector(top, MODEL), depth="checksum", cache=cache)
    assert SUM in (cache / "measures.json").read_text()
    (cache / "measures.json").write_text(text)
    assert len(scan(detector(top, MODEL), depth="checksum", cache=cache)[0]) == 1
    assert SUM in (cache / "measures.json").read_text()


@pytest.mark.parametrize("kept", ["", f',"{SUM}",7'])
def test_a_corrupted_entry_is_measured_again(tmp_path: Path, kept: str) -> None:
    top, cache = tmp_path / "top", tmp_path / "cache"
    settle(write(top / "model.bin", WEIGHTS))
    scan(detector(top, MODEL), depth="checksum", cache=cache)
    file = cache / "measures.json"
    file.write_text(file.read_text().replace(f',"{SUM}"', kept))
    assert len(scan(detector(top, MODEL), depth="checksum", cache=cache)[0]) == 1


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    settle(write(tmp_path / "top" / "model.bin", WEIGHTS))
    (tmp_path / "cache").touch()
    thing = detector(tmp_path / "top", MODEL)
    assert len(scan(thing, depth="checksum", cache=tmp_path / "cache")[0]) == 1


def test_of_one_version_and_options_the_first_layout_counts(tmp_path: Path) -> None:
    write(tmp_path / "list.txt")
    write(tmp_path / "model.bin", WEIGHTS)
    probe = VersionProbe(stated="2.0")
    layouts = (MODEL, Layout(("list.txt",)), Layout(("list.txt",), version=probe))
    found, _ = scan(detector(tmp_path, *layouts))
    assert [(str(each.version), each.evidence) for each in found] == [
        ("2017", (f"{tmp_path}/model.bin",)),
        ("2.0", (f"{tmp_path}/list.txt",)),
    ]


def test_two_names_of_one_directory_are_one_installation(tmp_path: Path) -> None:
    write(tmp_path / "real" / "list.txt")
    (tmp_path / "name").symlink_to("real")
    thing = replace(detector(tmp_path, Layout(("list.txt",))), roots=(f"{tmp_path}/*",))
    assert [each.prefix for each in scan(thing)[0]] == [f"{tmp_path}/real"]


def test_a_version_can_be_read_where_one_layout_has_it(tmp_path: Path) -> None:
    write(tmp_path / "info.json", b'{"version": "3.0.1"}')
    probe = VersionProbe(file="info.json", pattern=r'"version": "([^"]+)"')
    found, _ = scan(detector(tmp_path, Layout(("info.json",), version=probe)))
    assert [str(each.version) for each in found] == ["3.0.1"]


def test_the_damage_that_is_told_is_the_smallest_of_what_no_other_layout_explains(
    tmp_path: Path,
) -> None:
    write(tmp_path / "list.txt")
    for number in range(3):
        write(tmp_path / "val" / f"{number}.jpg")
    sizes = [replace(PHOTOS, counts=(("val/*.jpg", Amount(n, n)),)) for n in (5000, 4, 50)]
    _, said = scan(detector(tmp_path, *sizes))
    assert [text.partition(": ")[2] for text in said] == ["`val` holds 3 of 4 `*.jpg`"]
    _, said = scan(detector(tmp_path, *sizes, PHOTOS))
    assert said == []


def places(*roots: str, **environ: str) -> list[str]:
    return expand_roots(CountingHost(**environ), roots)


def make(*directories: Path) -> None:
    for directory in directories:
        directory.mkdir(parents=True, exist_ok=True)


CACHES: Mapping[str, list[str]] = {
    "huggingface": ["HF_HUB_CACHE=a", "HF_HOME=b", "XDG_CACHE_HOME=c", "HOME=d"],
    "torch": ["TORCH_HOME=a", "XDG_CACHE_HOME=c", "HOME=d"],
    "tfds": ["TFDS_DATA_DIR=a", "HOME=d"],
    "keras": ["KERAS_HOME=a", "HOME=d"],
}
BELOW = {
    "huggingface": ["a", "b/hub", "c/huggingface/hub", "d/.cache/huggingface/hub"],
    "torch": ["a", "c/torch", "d/.cache/torch"],
    "tfds": ["a", "d/tensorflow_datasets"],
    "keras": ["a", "d/.keras"],
}


@pytest.mark.parametrize("name", CACHES)
def test_caches_are_looked_for_where_their_tools_do_in_their_order(
    tmp_path: Path, name: str
) -> None:
    tail = "/models--x--y/snapshots/1" if name == "huggingface" else "/x/y"
    expected = [f"{tmp_path}/{below}{tail}" for below in BELOW[name]]
    make(*map(Path, expected))
    pairs = [setting.split("=") for setting in CACHES[name]]
    environ = {variable: f"{tmp_path}/{value}" for variable, value in pairs}
    assert places(f"@{name}/x/y", **environ) == expected


def test_the_snapshot_of_main_comes_first(tmp_path: Path) -> None:
    hub = tmp_path / "models--x--y"
    make(hub / "snapshots" / "aa", hub / "snapshots" / "bb", hub / "snapshots" / "cc")
    write(hub / "refs" / "main", b"bb")
    found = places("@huggingface/x/y", HF_HUB_CACHE=str(tmp_path))
    assert [Path(path).name for path in found] == ["bb", "aa", "cc"]
    make(tmp_path / "datasets--x--y" / "snapshots" / "dd")
    found = places("@huggingface/datasets/x/y", HF_HUB_CACHE=str(tmp_path))
    assert [Path(path).name for path in found] == ["dd"]


def test_declared_directories_are_a_list_of_absolute_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "a", tmp_path / "b" / "models", tmp_path / "relative")
    monkeypatch.chdir(tmp_path)
    declared = f"{tmp_path}/a:relative::{tmp_path}/missing:{tmp_path}/b/:{tmp_path}/a"
    expected = [f"{tmp_path}/a/coco", f"{tmp_path}/b/coco"]
    assert places("@data/coco", CKPM_DATA=declared) == expected
    assert f"{tmp_path}/b/models/x" in places("@models/x", CKPM_DATA=declared)


def test_data_are_looked_for_at_home_and_where_detectron_and_mmdetection_keep_them(
    tmp_path: Path,
) -> None:
    tails = ("data", "datasets", "mmdetection/data")
    make(tmp_path / "d2", *(tmp_path / tail for tail in tails))
    found = places("@data/coco", HOME=str(tmp_path), DETECTRON2_DATASETS=f"{tmp_path}/d2")
    below = [path for path in found if path.startswith(str(tmp_path))]
    assert below == [f"{tmp_path}/{tail}/coco" for tail in ("d2", *tails)]


def test_a_declared_name_is_no_pattern(tmp_path: Path) -> None:
    make(tmp_path / "a*" / "coco", tmp_path / "ab" / "coco", tmp_path / "$HOME" / "coco")
    declared = f"{tmp_path}/a*:{tmp_path}/$HOME"
    found = places("@data/coco", CKPM_DATA=declared, HOME="/root")
    assert found[:2] == [f"{tmp_path}/a*/coco", f"{tmp_path}/$HOME/coco"]
    assert f"{tmp_path}/ab/coco" not in found


def test_a_bounded_search_sees_no_well_known_place(tmp_path: Path) -> None:
    write(tmp_path / "home" / "data" / "thing" / "list.txt")
    write(tmp_path / "given" / "thing" / "list.txt")
    thing = replace(detector(tmp_path, Layout(("list.txt",))), roots=("@data/thing",))
    host = CountingHost(HOME=f"{tmp_path}/home")
    search = Search(directories=(f"{tmp_path}/given",), only=True)
    assert [each.prefix for each in detect([thing], host, search)] == [f"{tmp_path}/given/thing"]


def test_every_root_set_says_where_it_is() -> None:
    assert set(ROOT_SETS) == set(PLACES)


WRONG = {
    "roots: ['@dato/x']\nfiles: [a]": "expected one of `@ck`",
    "counts: {'val/*.jpg': many}\nfiles: [a]": "expected a number",
    "sizes: {a: '>5'}\nfiles: [a]": "expected a number",
    "checksums: {a: 'sha256:abc'}\nfiles: [a]": "8 or more digits",
    "checksums: {a: 'crc32:abcdabcd'}\nfiles: [a]": "8 or more digits",
    "checksums: {a: 'md5:ABCDABCD'}\nfiles: [a]": "8 or more digits",
    "contains: {a: '('}\nfiles: [a]": "expected a regular expression",
    "version: {is: newest}\nfiles: [a]": "expected a version",
    "version: {is: '2'}\nexecutables: [a]": "`is` only where files alone",
    "layouts: [{options: {a: b}}]": "`files` in each layout",
    "counts: {'val/*.jpg': '5'}": "expected one of executables, files, layouts",
    "layouts: [{counts: {'val/*.jpg': '5'}, file: a}]": "did you mean `files`?",
}


@pytest.mark.parametrize("body", WRONG)
def test_a_wrong_detector_is_refused_with_what_was_expected(tmp_path: Path, body: str) -> None:
    path = write(tmp_path / "thing.yaml", f"package: thing\n{body}\n".encode())
    with pytest.raises(ContentError) as refused:
        load_detector(path)
    assert WRONG[body] in str(refused.value)


def test_compiled_layouts_are_those_that_were_read(tmp_path: Path) -> None:
    for name in ("dataset-squad", "dataset-coco-val2017", "model-clip-huggingface"):
        source = bundled_dir("detectors") / f"{name}.yaml"
        write(tmp_path / "detectors" / source.name, source.read_bytes())
    first, second = (
        compiled_detectors([tmp_path / "detectors"], tmp_path / "compiled.json") for _ in range(2)
    )
    assert first == second
    assert len({hash(each) for each in second}) == 3
