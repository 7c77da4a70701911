from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpm.model.ranges import parse_range
from ckpm.model.version import Version

ASCENDING = [
    ["1.0alpha1", "1.0beta2", "1.0rc1", "1.0", "1.0.post1", "1.0.1"],
    ["1.1.1", "1.1.1a", "1.1.1w", "1.1.2"],
    ["2023c", "2024a", "2024b"],
    ["r21e", "r25c", "r26d", "r27c"],
    ["12.2.0-13", "12.2.0-14+deb12u1", "12.2.0-15"],
    ["9", "10", "10.1"],
    ["0.9", "1:0.1", "2:1.2.3-4"],
]


@pytest.mark.parametrize("texts", ASCENDING, ids=lambda texts: texts[0])
def test_versions_ascend(texts: list[str]) -> None:
    versions = [Version(text) for text in texts]
    assert sorted(versions, reverse=True)[::-1] == versions
    assert all(a < b and not b < a and a != b for a, b in pairwise(versions))


@pytest.mark.parametrize(
    ("one", "other"), [("1.0", "1.0.0"), ("1.0", "1"), ("01.2", "1.2"), ("v1", "v1.0")]
)
def test_equal_versions_hash_alike(one: str, other: str) -> None:
    assert Version(one) == Version(other)
    assert hash(Version(one)) == hash(Version(other))


# Uniform text almost never holds what breaks orders: a word beside a number, zeros, keywords.
TEXTS = st.lists(
    st.sampled_from(["0", "1", "9", "10", ".", "-", "a", "w", "rc", "post", "dev", "z", "+", ":"]),
    min_size=1,
    max_size=8,
).map("".join)


@given(TEXTS, TEXTS, TEXTS)
def test_order_is_total(a: str, b: str, c: str) -> None:
    x, y, z = Version(a), Version(b), Version(c)
    assert (x < y) + (x == y) + (x > y) == 1
    if x <= y <= z:
        assert x <= z


RANGES = [
    ("==2.16.*", "2.16.1", True),
    ("==2.16.*", "2.16", True),
    ("==2.16.*", "2.160", False),
    ("!=2.16.*", "2.16.1", False),
    ("~=2.1", "2.9", True),
    ("~=2.1", "3.0", False),
    ("~=2.1.3", "2.1.9", True),
    ("~=2.1.3", "2.2", False),
    (">=2,<3", "3.0rc1", False),
    ("<3.0rc2", "3.0rc1", True),
    (">=1.1.1a", "1.1.1w", True),
    ("<1", "1.0", False),
    ("==12.2.0", "12.2.0-14+deb12u1", False),
]


@pytest.mark.parametrize(("text", "version", "answer"), RANGES)
def test_ranges_mean_what_pep440_says(text: str, version: str, answer: object) -> None:
    assert (Version(version) in parse_range(text)) is answer
    if not any(c.isalpha() for c in version.replace("rc", "")):
        assert (Version(version, "pep440") in parse_range(text)) is answer


NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda n: ".".join(map(str, n)))


@given(NUMBERS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS)
def test_generic_agrees_with_pep440_on_plain_releases(left: str, operator: str, right: str) -> None:
    wanted = parse_range(operator + right)
    assert (Version(left) in wanted) == (Version(left, "pep440") in wanted)
