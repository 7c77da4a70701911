"""Where a scan looks, where it must not, and what it says of each candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ckpm.config.platforms import known_platforms
from ckpm.detect import Journal, Search, detect
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation
from ckpm.model.machine import Machine
from ckpm.recipe.machines import MACHINE, described_host
from ckpm.schema.decode import decode
from ckpm.schema.documents import parse_document
from ckpm.system.described import DescribedHost
from ckpm.system.host import FileStatus

MACHINE_TEXT = """
environ: {PATH: "/usr/bin:/home/ada/shims", HOME: /home/ada, CPATH: /usr/include, CMAKE_ROOT: /opt}
files:
  /usr/bin/cmake: {output: "cmake version 3.25.1\\n"}
  /usr/bin/cmake3: {same: /usr/bin/cmake, output: "cmake version 3.25.1\\n"}
  /usr/bin/ninja: {kind: file, text: "not executable"}
  /usr/lib/x86_64-linux-gnu/libz.so: {machine: 62}
  /usr/lib/x86_64-linux-gnu/pkgconfig/zlib.pc: {text: "Version: 1.2.13\\n"}
  /usr/include/zlib.h: {text: ""}
  /usr/lib/aarch64-linux-gnu/libz.so: {machine: 183}
  /usr/lib/aarch64-linux-gnu/pkgconfig/zlib.pc: {text: "Version: 1.3\\n"}
  /usr/aarch64-linux-gnu/lib/libz.so: {machine: 183}
  /usr/aarch64-linux-gnu/lib/pkgconfig/zlib.pc: {text: "Version: 1.3.1\\n"}
  /usr/aarch64-linux-gnu/include/zlib.h: {text: ""}
  /opt/site/bin/cmake: {output: "cmake version 3.30.1\\n"}
  /opt/site/lib/libz.so: {machine: 62}
  /opt/site/lib/pkgconfig/zlib.pc: {text: "Version: 1.3.1\\n"}
  /opt/arm/bin/cmake: {machine: 183, output: "cmake version 9.9\\n"}
  /opt/odd/bin/cmake: {kind: setuid, output: "cmake version 9.9\\n"}
  /opt/odd/bin/cmake3: {output: "3.30 of something else\\n"}
"""


class WatchedHost(DescribedHost):
    """A described machine, with a list of every path that somebody looked at."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine, described_host(machine).platform)
        self.seen: list[str] = []

    def names(self, directory: str) -> Sequence[str]:
        self.seen.append(directory)
        return super().names(directory)

    def inspect(self, path: str) -> FileStatus | None:
        self.seen.append(path)
        return super().inspect(path)

    def read(self, path: str, limit: int = 65536) -> bytes:
        self.seen.append(path)
        return super().read(path, limit)

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> Any:
        self.seen.append(argv[0])
        return super().probe(argv, extra)


@pytest.fixture
def host() -> WatchedHost:
    return WatchedHost(decode(MACHINE, parse_document(MACHINE_TEXT, "machine"), "machine"))


def told(found: Sequence[Installation]) -> list[tuple[str, str, str]]:
    return [(each.package, each.version.text, each.prefix) for each in found]


def test_a_search_path_comes_first(host: WatchedHost, detectors: tuple[Detector, ...]) -> None:
    search = Search(["cmake", "zlib"], ("/opt/site",))
    assert told(detect(detectors, host, search)) == [
        ("cmake", "3.30.1", "/opt/site"),
        ("cmake", "3.25.1", "/usr"),
        ("zlib", "1.3.1", "/opt/site"),
        ("zlib", "1.2.13", "/usr"),
    ]


def test_only_a_search_path_means_that_nothing_outside_is_looked_at(
    host: WatchedHost, detectors: tuple[Detector, ...]
) -> None:
    found = detect(detectors, host, Search(None, ("/opt/site",), only=True))
    assert told(found) == [("cmake", "3.30.1", "/opt/site"), ("zlib", "1.3.1", "/opt/site")]
    # Its header lies outside.
    assert found[1].abilities == ("link",)
    outside = [path for path in host.seen if not f"{path}/".startswith("/opt/site/")]
    assert outside == []


def test_its_own_platform_is_no_other(host: WatchedHost, detectors: tuple[Detector, ...]) -> None:
    search = Search(["cmake"], platform=host.platform)
    assert told(detect(detectors, host, search)) == [("cmake", "3.25.1", "/usr")]


def test_another_platform_gets_its_own_libraries_and_no_program_is_run(
    host: WatchedHost, detectors: tuple[Detector, ...]
) -> None:
    arm, said = known_platforms()["linux-arm64"], []
    search = Search(["cmake", "zlib"], platform=arm)
    found = detect(detectors, host, search, journal=Journal(said.append))
    assert told(found) == [
        ("zlib", "1.3", "/usr"),
        ("zlib", "1.3.1", "/usr/aarch64-linux-gnu"),
    ]
    assert [each.abilities for each in found] == [("link", "develop"), ("link", "develop")]
    assert not any("cmake" in text for text in said)


@pytest.mark.parametrize(
    ("directories", "package", "expected"),
    [
        (
            ("/opt/arm", "/opt/odd"),
            "cmake",
            [
                ("/opt/arm/bin/cmake", "built for another processor", None),
                ("/opt/odd/bin/cmake", "it runs as another user", None),
                ("/usr/bin/cmake3", "it is `/usr/bin/cmake` again", None),
                (
                    "/opt/odd/bin/cmake3",
                    '`--version` prints "3.30 of something else", which is not its answer',
                    None,
                ),
                ("/usr/bin/cmake", '`--version` prints "cmake version 3.25.1"', "3.25.1"),
            ],
        ),
        ((), "ninja", [("/usr/bin/ninja", "it cannot be run", None)]),
        (
            ("/opt/site",),
            "zlib",
            [
                ("/opt/site/lib/libz.so", "without its header `zlib.h`", "1.3.1"),
                (
                    "/usr/lib/x86_64-linux-gnu/libz.so",
                    "with its header `/usr/include/zlib.h`",
                    "1.2.13",
                ),
            ],
        ),
    ],
)
def test_each_candidate_is_told_with_a_reason(
    host: WatchedHost,
    detectors: tuple[Detector, ...],
    directories: tuple[str, ...],
    package: str,
    expected: list[tuple[str, str, str | None]],
) -> None:
    host.environ = {"PATH": "/usr/bin"}
    journal = Journal(explained=[package])
    detect(detectors, host, Search([package], directories), journal=journal)
    seen = [(each.path, each.reason, each.version) for each in journal.sightings]
    assert seen == expected
    assert "/usr/bin" in journal.searched[package] or "/usr/lib" in journal.searched[package]


def test_what_nobody_asks_to_explain_is_not_kept(
    host: WatchedHost, detectors: tuple[Detector, ...]
) -> None:
    journal = Journal()
    detect(detectors, host, Search(["cmake"]), journal=journal)
    assert (journal.sightings, journal.searched) == ([], {})


def test_a_registered_installation_is_first_unless_the_search_is_elsewhere(
    host: WatchedHost, detectors: tuple[Detector, ...]
) -> None:
    [known] = detect(detectors, host, Search(["cmake"], ("/opt/site",), only=True))
    known = replace(known, prefix="/opt/site")
    for search, versions in (
        (Search(["cmake"]), ["3.30.1", "3.25.1"]),
        (Search(["zlib"]), ["1.2.13"]),
        (Search(["cmake"], ("/opt/odd",), only=True), []),
        (Search(["cmake"], platform=known_platforms()["linux-arm64"]), []),
    ):
        found = detect(detectors, host, search, registered=[known])
        assert [each.version.text for each in found] == versions
