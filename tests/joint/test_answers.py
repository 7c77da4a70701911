"""What uv said is remembered, and what it could not say is no "no"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ckpm.model.refusals import ClosureUndecidedError, UnreachableError

ASKED = ("tensorflow==2.17.1", "jax<0.7")
ANSWER = {"tensorflow": "2.17.1", "jax": "0.5.3"}


def chosen(prepared: Any) -> dict[str, str]:
    return {p.name: p.version for p in prepared.locked.packages if p.name in ANSWER}


def test_a_warm_cache_asks_uv_nothing(world: Any) -> None:
    first = world.prepare(*ASKED)
    asked = list(world.questions)
    for offline in (False, True):
        again = world.prepare(*ASKED, offline=offline)
        assert chosen(again) == ANSWER
        assert again.locked.closures == first.locked.closures
    assert world.questions == asked


def test_a_new_release_of_what_is_asked_for_asks_again(world: Any, index: Any) -> None:
    world.prepare(*ASKED)
    asked = len(world.questions)
    del index.versions["jax"]["0.4.38"]
    for page in (world.root / "cache" / "index").glob("*/jax.json"):
        page.unlink()
    world.prepare(*ASKED)
    assert len(world.questions) > asked


def test_metadata_that_is_missing_decides_nothing(world: Any, index: Any) -> None:
    index.withheld.add("jax")
    with pytest.raises(UnreachableError):
        world.prepare(*ASKED)
    index.withheld.clear()
    assert chosen(world.prepare(*ASKED)) == ANSWER


def test_a_package_that_is_not_in_the_cache_decides_nothing_offline(world: Any) -> None:
    world.prepare("tensorflow==2.17.1")
    world.prepare("jax<0.7")
    with pytest.raises(ClosureUndecidedError):
        world.prepare("tensorflow==2.20.0", "jax==0.4.38", offline=True)


def test_a_broken_file_of_the_cache_is_as_good_as_none(world: Any) -> None:
    first = world.prepare(*ASKED)
    files = list(Path(world.root, "cache", "index", "closures").iterdir())
    assert files
    for number, file in enumerate(files):
        text = file.read_text()
        file.write_text(("", "{}", "null", text[: len(text) // 2])[number % 4])
    again = world.prepare(*ASKED)
    assert again.locked.closures == first.locked.closures
