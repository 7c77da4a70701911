"""Owners of files on described machines, what is remembered of them, and this machine's dpkg."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ckpm.detect.owners import OwnerCache, owners
from ckpm.model.machine import Answer, Machine, MachineFile
from ckpm.model.platform import Platform
from ckpm.recipe.machines import MACHINE
from ckpm.schema.decode import decode
from ckpm.schema.documents import read_list
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.system.described import DescribedHost
from ckpm.system.host import LocalHost
from ckpm.system.probe import ProbeResult

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu", elf_machine=62)
CASES = sorted((Path(__file__).parents[2] / "cases" / "owners").glob("*.yaml"))
CASE = Record(
    "case",
    {
        "machine": Field(MACHINE, "the machine", required=True),
        "paths": Field(Each(Text()), "files that may have owners", required=True),
        "owners": Field(Table(Text()), "exactly those that have, and who", required=True),
        "reports": Field(Each(Text()), "parts of the warnings, all of them in order"),
    },
    lambda fields, _: fields,
)


def cases(paths: Iterable[Path]) -> list[Any]:
    return [
        pytest.param(case, id=f"{path.name}-{number}")
        for path in paths
        for number, case in enumerate(decode(Each(CASE), read_list(path), path.name), 1)
    ]


def texts(found: Mapping[str, object]) -> dict[str, str]:
    return {path: str(owner) for path, owner in found.items()}


@pytest.mark.parametrize("case", cases(CASES))
def test_each_file_has_the_owner_that_the_database_says(case: Any) -> None:
    said: list[str] = []
    host = DescribedHost(case["machine"], LINUX)
    found = owners(host, case["paths"], OwnerCache(None), said.append)
    assert texts(found) == dict(case["owners"])
    reports = case.get("reports") or ()
    assert len(said) == len(reports), said
    assert all(part in text for part, text in zip(reports, said, strict=True)), said


class CountingHost(DescribedHost):
    """A described machine that counts what is read and who is asked."""

    def __init__(self, files: Mapping[str, MachineFile]) -> None:
        super().__init__(Machine(files=files), LINUX)
        self.had_read: list[str] = []
        self.asked: list[Sequence[str]] = []

    def read(self, path: str, limit: int = 65536) -> bytes:
        self.had_read.append(path)
        return super().read(path, limit)

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        self.asked.append(argv)
        return super().probe(argv, extra)


def status(package: str, version: str) -> bytes:
    return f"Package: {package}\nStatus: install ok installed\nVersion: {version}\n\n".encode()


DEBIAN = {
    "/usr/bin/cc": MachineFile(link="gcc-12"),
    "/usr/bin/gcc-11": MachineFile("executable"),
    "/usr/bin/gcc-12": MachineFile("executable"),
    "/usr/local/bin/mine": MachineFile("executable"),
    "/var/lib/dpkg/info/gcc-11.list": MachineFile(content=b"/usr/bin/gcc-11\n"),
    "/var/lib/dpkg/info/gcc-12.list": MachineFile(content=b"/usr/bin/gcc-12\n"),
    "/var/lib/dpkg/status": MachineFile(content=status("gcc-11", "1") + status("gcc-12", "2")),
}
PATHS = ["/usr/bin/cc", "/usr/bin/gcc-11", "/usr/local/bin/mine"]
FOUND = {"/usr/bin/cc": "dpkg gcc-12 2", "/usr/bin/gcc-11": "dpkg gcc-11 1"}


def look(host: DescribedHost, cache: Path, paths: Sequence[str] = PATHS) -> dict[str, str]:
    return texts(owners(host, paths, OwnerCache(cache)))


def test_a_second_scan_reads_nothing_of_the_database(tmp_path: Path) -> None:
    warm = CountingHost(DEBIAN)
    assert look(CountingHost(DEBIAN), tmp_path) == FOUND
    assert look(warm, tmp_path) == FOUND
    assert warm.had_read == []


def test_another_file_is_asked_for_and_the_others_are_kept(tmp_path: Path) -> None:
    warm = CountingHost(DEBIAN)
    assert look(CountingHost(DEBIAN), tmp_path, PATHS[:1]) == {PATHS[0]: FOUND[PATHS[0]]}
    assert look(CountingHost(DEBIAN), tmp_path, PATHS[1:]) == {PATHS[1]: FOUND[PATHS[1]]}
    assert look(warm, tmp_path) == FOUND
    assert warm.had_read == []


def test_an_upgrade_is_noticed(tmp_path: Path) -> None:
    look(CountingHost(DEBIAN), tmp_path)
    upgraded = status("gcc-11", "1") + status("gcc-12", "2+deb12u1")
    host = CountingHost({**DEBIAN, "/var/lib/dpkg/status": MachineFile(content=upgraded)})
    assert look(host, tmp_path)["/usr/bin/cc"] == "dpkg gcc-12 2+deb12u1"


def test_a_link_to_another_file_is_noticed(tmp_path: Path) -> None:
    look(CountingHost(DEBIAN), tmp_path)
    switched = CountingHost({**DEBIAN, "/usr/bin/cc": MachineFile(link="gcc-11")})
    assert look(switched, tmp_path)["/usr/bin/cc"] == "dpkg gcc-11 1"
    assert switched.had_read == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 9999,
        '{"format":0,"databases":{}}',
        '{"format":1}',
        '{"format":1,"databases":[]}',
        '{"format":1,"databases":{"/var/lib/dpkg":[]}}',
    ],
)
def test_a_damaged_cache_is_ignored_and_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "owners.json").write_text(text)
    warm = CountingHost(DEBIAN)
    assert look(CountingHost(DEBIAN), tmp_path) == FOUND
    assert look(warm, tmp_path) == FOUND
    assert warm.had_read == []


@pytest.mark.parametrize("row", [7, "x", {}, [], ["dpkg", "gcc-12"], ["dpkg", "gcc-12", 2]])
def test_damaged_answers_are_asked_for_again(tmp_path: Path, row: object) -> None:
    look(CountingHost(DEBIAN), tmp_path)
    file = tmp_path / "owners.json"
    document = json.loads(file.read_text())
    document["databases"]["/var/lib/dpkg"]["owners"]["/usr/bin/gcc-12"] = row
    file.write_text(json.dumps(document))
    assert look(CountingHost(DEBIAN), tmp_path) == FOUND


def test_a_cache_of_another_format_is_not_believed(tmp_path: Path) -> None:
    look(CountingHost(DEBIAN), tmp_path)
    file = tmp_path / "owners.json"
    text = file.read_text().replace('"format":1', '"format":0').replace('"gcc-12"', '"wrong"')
    file.write_text(text)
    assert look(CountingHost(DEBIAN), tmp_path) == FOUND


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    assert look(CountingHost(DEBIAN), tmp_path / "cache") == FOUND


MARK = "file /proc/self is not owned by any package\n"


def fedora(answer: Answer, size: int = 0) -> CountingHost:
    tool = MachineFile("executable")
    return CountingHost(
        {
            "/usr/bin/other": tool,
            "/usr/bin/tool": tool,
            "/usr/bin/rpm": replace(tool, answer=answer),
            "/var/lib/rpm/rpmdb.sqlite": MachineFile(content=bytes(size)),
        }
    )


def test_rpm_is_asked_once_until_packages_change(tmp_path: Path) -> None:
    answer = Answer("owner tool 1-1\n" + MARK)
    cold, warm, changed = fedora(answer), fedora(answer), fedora(answer, size=1)
    for host in (cold, warm, changed):
        assert look(host, tmp_path, ["/usr/bin/tool"]) == {"/usr/bin/tool": "rpm tool 1-1"}
    assert [len(host.asked) for host in (cold, warm, changed)] == [1, 0, 1]
    assert cold.asked[0][:4] == ["/usr/bin/rpm", "--dbpath", "/var/lib/rpm", "-qf"]


def test_rpm_is_asked_only_for_what_is_not_known(tmp_path: Path) -> None:
    look(fedora(Answer("owner tool 1-1\n" + MARK)), tmp_path, ["/usr/bin/tool"])
    host = fedora(Answer("owner other 2-1\n" + MARK))
    found = look(host, tmp_path, ["/usr/bin/other", "/usr/bin/tool"])
    assert found == {"/usr/bin/other": "rpm other 2-1", "/usr/bin/tool": "rpm tool 1-1"}
    assert [argument for argument in host.asked[0] if argument.startswith("/usr/bin/")] == [
        "/usr/bin/rpm",
        "/usr/bin/other",
    ]


def test_an_rpm_that_fails_is_asked_again_the_day_after_and_told_each_time(tmp_path: Path) -> None:
    hosts, said = [fedora(Answer(fault="did not finish in 5 s")) for _ in range(3)], []
    for host in hosts[:2]:
        owners(host, ["/usr/bin/tool"], OwnerCache(tmp_path), said.append)
    file = tmp_path / "owners.json"
    document = json.loads(file.read_text())
    document["databases"]["/var/lib/rpm"]["at"] -= 25 * 3600
    file.write_text(json.dumps(document))
    owners(hosts[2], ["/usr/bin/tool"], OwnerCache(tmp_path), said.append)
    assert [len(host.asked) for host in hosts] == [1, 0, 1]
    assert len(said) == 3
    assert len(set(said)) == 1


class AnsweringHost(CountingHost):
    """An rpm that owns every file, each by a package of the same name."""

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        self.asked.append(argv)
        files = [each for each in argv[1:] if each.startswith("/usr/") or each == "/proc/self"]
        answers = (MARK if file == "/proc/self" else f"owner {file} 1-1\n" for file in files)
        return ProbeResult("".join(answers), 0)


def test_many_files_are_asked_for_in_several_calls_with_short_answers() -> None:
    paths = [f"/usr/lib/{'x' * 100}/{number:04}" for number in range(1000)]
    known = {path: MachineFile() for path in paths}
    rpm = {"/usr/bin/rpm": MachineFile("executable"), "/var/lib/rpm/Packages": MachineFile()}
    host = AnsweringHost({**known, **rpm})
    found = owners(host, paths, OwnerCache(None))
    assert {path: owner.package for path, owner in found.items()} == {path: path for path in paths}
    assert 1 < len(host.asked) < 20
    assert max(len("".join(argv)) for argv in host.asked) < 65536


def test_names_with_line_ends_ask_nobody() -> None:
    forged = "/usr/lib/x\nfile /proc/self is not owned"
    host = AnsweringHost(
        {
            forged: MachineFile(),
            "/usr/lib/link": MachineFile(link=forged),
            "/usr/bin/rpm": MachineFile("executable"),
            "/var/lib/rpm/Packages": MachineFile(),
        }
    )
    assert owners(host, [forged, "/usr/lib/link"], OwnerCache(None)) == {}
    assert host.asked == []


def test_a_database_with_two_names_is_read_once() -> None:
    files = {
        "/lib": MachineFile(link="usr/lib"),
        "/usr/bin/stranger": MachineFile("executable"),
        "/usr/lib/apk/db/installed": MachineFile(content=b"P:a\nV:1-r0\nF:usr\n\n"),
    }
    host = CountingHost(files)
    assert owners(host, ["/usr/bin/stranger"], OwnerCache(None)) == {}
    assert host.had_read == ["/usr/lib/apk/db/installed"]


def test_a_list_of_any_length_is_read_to_its_end() -> None:
    lines = "".join(f"/usr/share/doc/{number:08}\n" for number in range(20000))
    files = {
        "/usr/bin/tool": MachineFile("executable"),
        "/var/lib/dpkg/info/tool.list": MachineFile(content=(lines + "/usr/bin/tool\n").encode()),
        "/var/lib/dpkg/status": MachineFile(content=status("tool", "1")),
    }
    found = owners(CountingHost(files), ["/usr/bin/tool"], OwnerCache(None))
    assert texts(found) == {"/usr/bin/tool": "dpkg tool 1"}


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="this machine has no dpkg")
def test_this_machines_dpkg_says_the_same(tmp_path: Path) -> None:
    paths = ["/bin/sh", "/usr/bin/dpkg", "/usr/bin/python3", "/usr/bin/perl", "/etc/passwd"]
    paths = [path for path in paths if Path(path).exists()]
    found = owners(LocalHost(dict(os.environ), LINUX), paths, OwnerCache(tmp_path))
    assert texts(found) == {path: said for path in paths if (said := dpkg_says(path))}


def dpkg_says(path: str) -> str | None:
    real = os.path.realpath(path)
    for name in (real, real.removeprefix("/usr")):
        answer = run("dpkg-query", "-S", name).splitlines()
        packages = [line.partition(": ")[0] for line in answer if not line.startswith("diversion")]
        if packages:
            version = run("dpkg-query", "-W", "-f", "${Version}", packages[0])
            return f"dpkg {packages[0].partition(':')[0]} {version}"
    return None


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
