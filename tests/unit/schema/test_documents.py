from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpm.errors import ContentError
from ckpm.schema.documents import Mapped, Node, Scalar, Sequenced, parse_document, write_document


def plain(node: Node) -> object:
    match node:
        case Scalar(text):
            return text
        case Sequenced(items):
            return [plain(item) for item in items]
        case Mapped(entries):
            return {key: plain(item) for key, item in entries.items()}


def test_every_scalar_stays_text() -> None:
    document = parse_document("a: 1.10\nb: yes\nc: null\nd: [1e3, 0x1f]\n", "x.yaml")
    assert plain(document) == {"a": "1.10", "b": "yes", "c": "null", "d": ["1e3", "0x1f"]}


FAULTS = {
    "alias": ("a: &x 1\nb: *x\n", 1),
    "tag": ("a: !!python/object:os.system x\n", 1),
    "merge": ("a:\n  <<: {b: 1}\n", 2),
    "twice": ("a: 1\nb: 2\na: 3\n", 3),
    "two documents": ("a: 1\n---\nb: 2\n", 2),
    "list": ("- a\n", 1),
    "broken": ("a: [1\nb: 2\n", 2),
    "deep": ("a: " + "[" * 40 + "]" * 40 + "\n", 1),
    "tab": ("a:\n\t- b\n", 2),
    "empty": ("", 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_refuses_with_file_and_line(name: str) -> None:
    text, line = FAULTS[name]
    with pytest.raises(ContentError) as caught:
        parse_document(text, "x.yaml")
    assert caught.value.faults[0].startswith(f"x.yaml:{line}: ")


TEXT = st.text(st.sampled_from(list("ab0.:#- '\"\\\n\té{}[],&*!|>%@`~?=")), max_size=12)
TREES = st.recursive(
    TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT | st.just("<<"), TREES, min_size=1, max_size=4))
def test_what_is_written_is_read_back(tree: dict[str, object]) -> None:
    assert plain(parse_document(write_document(tree), "x.yaml")) == tree  # type: ignore[arg-type]
