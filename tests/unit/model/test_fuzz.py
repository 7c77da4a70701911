"""Texts from anywhere: versions, ranges and requirements take them or say why not, in our words.

Two hundred thousand in each run; ``--soak N`` makes ten times as many.
"""

from __future__ import annotations

import random

import pytest

from ckpm.errors import RequirementSyntaxError
from ckpm.model.ranges import VersionRange, parse_range
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.version import InvalidVersionError, Version

# Biased to what breaks parsers: operators that nearly are, empty parts, other scripts' digits.
PIECES = [
    *("a", "b-c", "tensorflow", "1", "2.16", "0", "00", "r27c", "1.1.1w", "2:1.2.3-4", "1+deb12u1"),
    *(">=", "==", "~=", "!=", "<", ">", "=", "===", ",", ".", ".*", "*", "@", ":", "option=value"),
    *(" ", "\t", "\n", "[extra]", "(", ")", ";", "'", '"', "\\", "é", "٣", "Ⅷ", "\x00", "-", "+"),
    *("_", "rc1", "dev", "post", "v", "e", "!", "1!2", "~", "^1.2", "latest", "1e9", "9" * 40),
    *("." * 5, "\u200b"),
]
SCHEMES = ("generic", "pep440", "semver")


@pytest.fixture
def texts(pytestconfig: pytest.Config) -> list[int]:
    return [10 * int(pytestconfig.getoption("--soak"))]


def test_takes_any_text_or_says_why_not(texts: list[int]) -> None:
    draw = random.Random(11)  # noqa: S311 - nothing secret
    taken = refused = 0
    previous = Version("1")
    for _ in range(texts[0]):
        text = "".join(draw.choices(PIECES, k=draw.randrange(7)))
        read = requirement_or_fault(text)
        if isinstance(read, RequirementSyntaxError):
            refused += 1
            assert 0 <= read.column <= len(text)
        else:
            taken += 1
            assert parse_requirement(str(read)) == read
            assert (previous in read.range) in (True, False)
        previous = version(text, draw.choice(SCHEMES)) or previous
    assert min(taken, refused) > texts[0] / 50


def requirement_or_fault(text: str) -> Requirement | RequirementSyntaxError:
    try:
        return parse_requirement(text)
    except RequirementSyntaxError as error:
        return error


def version(text: str, scheme: str) -> Version | None:
    try:
        made = Version(text, scheme)
    except InvalidVersionError:
        return None
    assert made == made  # noqa: PLR0124 - equality itself is on trial
    assert not made < made  # noqa: PLR0124
    assert made in VersionRange()
    assert made.is_prerelease in (True, False)
    return made


def test_ranges_say_at_which_column_they_fail() -> None:
    with pytest.raises(ValueError, match="a version") as refused:
        parse_range(">=1,<<2")
    assert refused.value.args[1] == 4
