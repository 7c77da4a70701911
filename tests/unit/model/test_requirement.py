from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solving.asking import requirements

from ckpm.errors import CkpmError, RequirementSyntaxError
from ckpm.model.requirement import Requirement, parse_requirement, together

READ = [
    ("numpy", "numpy"),
    ("numpy>=2.15,<3", "numpy>=2.15,<3"),
    ("tensorflow@2.16", "tensorflow==2.16.*"),
    ("model:format=tflite,accel=cpu>=1", "model:accel=cpu,format=tflite>=1"),
    ("numpy >= 2", "numpy>=2"),
    ("ndk==r27c", "ndk==r27c"),
]


@pytest.mark.parametrize(("text", "shown"), READ)
def test_reads_and_shows(text: str, shown: str) -> None:
    assert str(parse_requirement(text)) == shown
    assert parse_requirement(shown) == parse_requirement(text)


FAULTY = [
    ("", 0, "a package name"),
    ("NumPy", 0, "lower case"),
    ("numpy>", 5, "a version"),
    ("numpy>=2,,<3", 9, "a version"),
    ("numpy=2", 5, "operator"),
    ("tensorflow[and-cuda]", 10, "range"),
    ("model:format", 6, "option=value"),
    ("numpy@", 6, "after `@`"),
    ("numpy 2", 5, "range"),
    ("numpy>=3.8.*", 5, "before a version with"),
    ("numpy>=1,~=2", 9, "two parts"),
]


@pytest.mark.parametrize(("text", "column", "expected"), FAULTY)
def test_underlines_the_fault(text: str, column: int, expected: str) -> None:
    with pytest.raises(RequirementSyntaxError) as caught:
        parse_requirement(text)
    assert caught.value.column == column
    assert expected in caught.value.message
    assert caught.value.message.splitlines()[-1].index("^") == column + 2


def test_extras_are_answered_with_options() -> None:
    with pytest.raises(RequirementSyntaxError) as caught:
        parse_requirement("tensorflow[and-cuda]")
    assert "tensorflow:accel=cuda" in caught.value.hints[0]


@given(st.text(st.sampled_from(list("ab1.-_:=,@<>!~ []*\n\0é")), max_size=16))
def test_garbage_is_only_ever_our_error(text: str) -> None:
    try:
        requirement = parse_requirement(text)
    except CkpmError:
        return
    assert parse_requirement(str(requirement)) == requirement


@pytest.mark.parametrize("text", ["x:a=1,a=2", "x:a=1,b=1,a=2>=3"])
def test_one_requirement_has_one_value_of_an_option(text: str) -> None:
    with pytest.raises(RequirementSyntaxError, match="one value of `a`") as caught:
        parse_requirement(text)
    assert caught.value.column == text.index("a=2")
    assert str(parse_requirement("x:a=1,a=1")) == "x:a=1"


TOGETHER = [
    (["x:a=1", "x<2"], ["x:a=1", "x:a=1<2"]),
    (["x<2", "x:a=1", "x:a=2"], ["x:a=1<2", "x:a=2<2", "x:a=1", "x:a=2"]),
    (["x:a=1", "x:b=1", "x"], ["x:a=1", "x:a=1,b=1", "x:a=1"]),
    (["x", "y:a=1"], ["x", "y:a=1"]),
    (["x:b=1", "x:a=1,b=2"], ["x:a=1,b=1", "x:a=1,b=2"]),
    (["x", "x"], ["x", "x"]),
]


@pytest.mark.parametrize(("texts", "meant"), TOGETHER)
def test_what_leaves_the_variant_open_is_about_those_that_are_named(
    texts: list[str], meant: list[str]
) -> None:
    found = together([parse_requirement(text) for text in texts], lambda _package: ["a"])
    assert [str(each) for each in found] == meant


@given(st.lists(requirements(), max_size=6), st.sampled_from([(), ("a",), ("a", "b")]))
def test_what_is_brought_together_reads_back_and_forgets_nothing(
    asked: list[Requirement], coexist: tuple[str, ...]
) -> None:
    found = together(asked, lambda _package: coexist)
    assert [parse_requirement(str(each)) for each in found] == found
    assert together(found, lambda _package: coexist) == found
    for each in asked:
        assert any(
            (each.package, each.range) == (other.package, other.range)
            and {*each.options} <= {*other.options}
            for other in found
        )
