"""Names and patterns, without a machine."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ckpm.detect.index import Index
from ckpm.model.platform import Platform


class Names:
    """Two directories, and hardly anything else of a host."""

    platform = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu")

    def names(self, directory: str) -> Sequence[str]:
        return {
            "/a": ["gcc", "gcc-12", "gcc-ar", "gcc-ar-12", "python3-config"],
            "/b": ["gcc", "gcc-11.3", "gcc-12-base", "python3", "python3.13t"],
        }[directory]


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (["gcc"], ["/a/gcc", "/b/gcc"]),
        (["gcc-*", "gcc"], ["/a/gcc-12", "/a/gcc", "/b/gcc-11.3", "/b/gcc"]),
        (["python*"], ["/b/python3", "/b/python3.13t"]),
        (["*"], []),
        ([], []),
    ],
)
def test_a_star_stands_for_a_version_and_the_nearest_comes_first(
    patterns: list[str], found: list[str]
) -> None:
    index = Index(Names(), ["/a", "/b"])  # type: ignore[arg-type]
    assert index.matching(patterns, ["/a", "/b"]) == found


def test_only_the_directories_that_are_named_are_searched() -> None:
    index = Index(Names(), ["/a", "/b"])  # type: ignore[arg-type]
    assert index.matching(["gcc"], ["/b"]) == ["/b/gcc"]
