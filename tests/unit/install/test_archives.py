"""Archives described member by member: unpacked as promised, or refused with nothing written."""

from __future__ import annotations

import io
import os
import random
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckpm.errors import CkpmError, IntegrityError
from ckpm.install.archives import Layout, extract_member, unpack

CASES_DIR = Path(__file__).parents[2] / "cases" / "archives"
TAR_TYPES = {
    "fifo": tarfile.FIFOTYPE,
    "character": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "contiguous": tarfile.CONTTYPE,
}
ZIP_TYPES = {
    "fifo": stat.S_IFIFO,
    "character": stat.S_IFCHR,
    "block": stat.S_IFBLK,
    "socket": stat.S_IFSOCK,
}


def cases() -> Iterator[Any]:
    for file in sorted(CASES_DIR.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            for form in case.get("as", ["raw"] if "bytes" in case else ["tar", "zip"]):
                yield pytest.param(case, form, id=f"{file.stem}-{case['name']}-{form}")


def content(member: dict[str, Any]) -> bytes:
    if "archive" in member:
        return tar_bytes(member["archive"], "")
    if "noise" in member:
        return random.Random(member["path"]).randbytes(member["noise"])  # noqa: S311
    text: str = member.get("link", member.get("text", "content"))
    return text.encode()


def path_of(member: dict[str, Any]) -> str:
    path: str = member["path"] * member.get("stretch", 1)
    path = "/".join([path] * member.get("repeat", 1))
    return path.encode("latin-1").decode("utf-8", "surrogateescape") if "latin1" in member else path


def tar_bytes(members: Sequence[dict[str, Any]], compression: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compression}", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        for member in members:
            info = tarfile.TarInfo(path_of(member))
            info.type = TAR_TYPES.get(member.get("type", ""), tarfile.REGTYPE)
            info.type = tarfile.DIRTYPE if member.get("directory") else info.type
            info.mode = int(member.get("mode", "644"), 8)
            info.pax_headers = member.get("pax", {})
            info.linkname = member.get("link", member.get("hardlink", ""))
            if info.linkname:
                info.type = tarfile.SYMTYPE if "link" in member else tarfile.LNKTYPE
            has_content = info.isreg() and "size" not in member
            info.size = member.get("size", len(content(member)) if has_content else 0)
            if info.size and not has_content:
                # From 3.13 on, tarfile does not write such lies itself.
                buffer.write(info.tobuf(tar.format))
            else:
                tar.addfile(info, io.BytesIO(content(member)) if has_content else None)
    return buffer.getvalue()


def zip_bytes(members: Sequence[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The library warns of duplicates; here they are meant.
        for member in members:
            path = path_of(member) + ("/" if member.get("directory") else "")
            info = zipfile.ZipInfo(path)
            info.filename = path
            kind = ZIP_TYPES.get(member.get("type", ""), stat.S_IFREG)
            kind = stat.S_IFLNK if "link" in member else kind
            info.create_system = 3
            info.external_attr = (kind | int(member.get("mode", "644"), 8)) << 16
            archive.writestr(info, b"" if member.get("directory") else content(member))
    return buffer.getvalue()


def archive_bytes(case: dict[str, Any], form: str) -> bytes:
    """Build what a case describes, then damage it as it says."""
    if "bytes" in case:
        return str(case["bytes"]).encode("latin-1")
    members = case["members"]
    data = zip_bytes(members) if form == "zip" else tar_bytes(members, form.partition(".")[2])
    if "replace" in case:
        old, new = (text.encode() for text in case["replace"])
        assert old in data
        data = data.replace(old, new)
    if case.get("encrypted"):
        for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            place = data.index(signature) + offset
            data = data[:place] + bytes([data[place] | 1]) + data[place + 1 :]
    if "cut" in case:
        data = data[: int(len(data) * case["cut"])]
    if "flip" in case:
        place = int(len(data) * case["flip"])
        data = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
    return data + (zip_bytes(case["behind"]) if "behind" in case else b"")


def tree(directory: Path) -> dict[str, Any]:
    """Describe what lies in a directory; directories that hold something go without saying."""
    found: dict[str, Any] = {}
    for path in sorted(directory.rglob("*")):
        entry: dict[str, Any] = {"mode": f"{stat.S_IMODE(path.lstat().st_mode):o}"}
        if path.is_symlink():
            entry |= {"link": str(path.readlink())}
        elif path.is_file():
            entry |= {"text": path.read_text(encoding="utf-8")}
        elif any(path.iterdir()):
            continue
        else:
            entry |= {"directory": True}
        found[str(path.relative_to(directory))] = entry
    return found


def lay(directory: Path, described: dict[str, Any]) -> None:
    for name, what in described.items():
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(what, dict):
            place.symlink_to(what["link"])
        else:
            place.write_text(what)


@contextmanager
def umask(bits: str) -> Iterator[None]:
    before = os.umask(int(bits, 8))
    try:
        yield
    finally:
        os.umask(before)


def do_unpack(archive: Path, destination: Path, layout: dict[str, Any]) -> None:
    if "inner" in layout:
        inside = archive.parent / "inner"
        inside.mkdir()
        archive = extract_member(archive, layout["inner"], inside)
    members = tuple(layout.get("members", {}).items())
    folds = layout.get("folds_names", True)
    unpack(archive, destination, Layout(members, layout.get("strip", 0), folds))


@pytest.mark.parametrize(("case", "form"), list(cases()))
def test_unpacks_or_refuses_as_the_case_says(
    case: dict[str, Any], form: str, tmp_path: Path
) -> None:
    outside, made = tmp_path / "outside", tmp_path / "made"
    destination = outside / "destination"
    destination.mkdir(parents=True)
    made.mkdir()
    (outside / "canary").write_text("alive")
    lay(destination, case.get("there", {}))
    archive = made / "archive"
    archive.write_bytes(archive_bytes(case, form))
    before = tree(destination)

    if "refused" in case:
        with umask("022"), pytest.raises(CkpmError) as caught:
            do_unpack(archive, destination, case.get("layout", {}))
        assert case["refused"] in caught.value.message
        assert tree(destination) == before
    else:
        with umask(case.get("umask", "022")):
            do_unpack(archive, destination, case.get("layout", {}))
        found = tree(destination)
        assert found.keys() == case["tree"].keys()
        for path, expected in case["tree"].items():
            wanted = expected if isinstance(expected, dict) else {"text": expected}
            assert {key: found[path][key] for key in wanted} == wanted

    assert sorted(path.name for path in outside.iterdir()) == ["canary", "destination"]
    assert (outside / "canary").read_text() == "alive"
    assert not Path("/tmp/ckpm-evil").exists()  # noqa: S108 - where the archives point


def test_setuid_bits_are_gone_even_for_directories(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(tar_bytes([{"path": "d", "directory": True, "mode": "7777"}], ""))
    (tmp_path / "out").mkdir()
    with umask("000"):
        unpack(archive, tmp_path / "out")
    assert f"{(tmp_path / 'out/d').stat().st_mode & 0o7777:o}" == "755"


def test_the_long_chain_of_cve_2025_4517_is_refused(tmp_path: Path) -> None:
    """Sixteen long directories and short links to them: paths that outgrow what realpath reads."""
    members: list[dict[str, Any]] = []
    inside, step = "", "d" * 200
    for letter in "abcdefghijklmnop":
        members.append({"path": f"{inside}{step}", "directory": True})
        members.append({"path": f"{inside}{letter}", "link": step})
        inside += f"{letter}/"
    members.append({"path": f"{inside}{'l' * 254}", "link": "../" * 16})
    members.append({"path": "escape", "link": f"{inside}{'l' * 254}/../../../../etc"})
    archive, destination = tmp_path / "archive", tmp_path / "out"
    archive.write_bytes(tar_bytes(members, ""))
    destination.mkdir()
    with pytest.raises(IntegrityError):
        unpack(archive, destination)
    assert tree(destination) == {}


def test_hard_links_of_a_compressed_archive_have_its_content(tmp_path: Path) -> None:
    members: list[dict[str, Any]] = [{"path": "big", "noise": 3_000_000}]
    members += [{"path": f"link{n}", "hardlink": "big"} for n in range(30)]
    archive, destination = tmp_path / "archive", tmp_path / "out"
    archive.write_bytes(tar_bytes(members, "xz"))
    destination.mkdir()
    unpack(archive, destination)
    assert len({path.read_bytes() for path in destination.iterdir()}) == 1
    assert len(list(destination.iterdir())) == 31
