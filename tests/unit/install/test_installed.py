"""What uv lays out is held against the lock before anybody can use it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from foreign_python.wheels import serve, wheel
from uv import find_uv_bin

from ckpm.config.platforms import known_platforms
from ckpm.errors import IntegrityError
from ckpm.install.generations import GenerationMaker
from ckpm.model.lock import Closure
from ckpm.model.plan import GenerationStep
from ckpm.model.platform import Platform
from ckpm.store import Store
from ckpm.system.uv import Uv

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PLATFORMS = known_platforms()
TAGS = "py3-none-any"
# What happens to a virtual environment while uv fills it.
SPOILT = {
    "another version": 'cd "$packages"; '
    'sed -i "s/^Version: 1/Version: 2/" thing-1.dist-info/METADATA;'
    " mv thing-1.dist-info thing-2.dist-info",
    "another distribution": 'mkdir "$packages/other-1.dist-info"',
    "none": 'rm -r "$packages/thing-1.dist-info"',
}


@pytest.fixture
def uv(tmp_path: Path, loopback: Any, behaviour: Any) -> Uv:
    index = serve(loopback, behaviour, "thing", {TAGS: wheel("thing", TAGS)})
    return Uv({"HOME": str(tmp_path)}, tmp_path / "cache", (index,))


def spoiling(uv: Uv, tmp_path: Path, deed: str) -> Uv:
    """Return the real uv, after which something has happened."""
    program = tmp_path / "uv"
    program.write_text(
        f'#!/bin/sh\n"{find_uv_bin()}" "$@" || exit\n[ "$2" = sync ] || exit 0\n'
        f"for packages in {tmp_path}/store/*/*/*/.*/*/*/lib/python*/site-packages; do\n"
        f"  {deed}\ndone\n"
    )
    program.chmod(0o755)
    spoilt = replace(uv)
    spoilt.__dict__["_program"] = str(program)
    return spoilt


def generation(uv: Uv, store: Store, target: Platform, closure: Closure) -> Path:
    maker = GenerationMaker(store, uv, lambda *_: {}, PLATFORMS["linux-x86_64"])
    step = GenerationStep("demo", "demo", target, (), (), closure, sys.executable)
    return maker.make(step, native=target.name == "linux-x86_64")


@pytest.mark.parametrize("target", ["linux-x86_64", "linux-arm64"])
@pytest.mark.parametrize("deed", SPOILT)
def test_a_generation_with_something_else_is_not_published(
    uv: Uv, tmp_path: Path, target: str, deed: str
) -> None:
    store, platform = Store(tmp_path / "store"), PLATFORMS[target]
    closure = uv.lock("", ["thing==1"], HERE, platform)
    with pytest.raises(IntegrityError, match="what uv installed is not what is locked"):
        generation(spoiling(uv, tmp_path, SPOILT[deed]), store, platform, closure)
    assert store.generations("demo", target) == []
    assert generation(uv, store, platform, closure).is_dir()


def test_an_answer_to_something_else_is_none(uv: Uv, tmp_path: Path) -> None:
    program = tmp_path / "uv"
    program.write_text(f'#!/bin/sh\ncat >/dev/null\necho thing | "{find_uv_bin()}" "$@"\n')
    program.chmod(0o755)
    uv.__dict__["_program"] = str(program)
    with pytest.raises(IntegrityError, match="`other==3` became nothing"):
        uv.lock("", ["other==3"], HERE, PLATFORMS["linux-x86_64"])
