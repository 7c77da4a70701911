"""What of the shell around reaches uv: what the list says, and nothing that it does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from uv import find_uv_bin

from ckpm.config.platforms import known_platforms
from ckpm.errors import CkpmError
from ckpm.system.uv import Uv
from ckpm.system.uv_environment import reaches_uv, uv_environment

LISTED = Path(__file__).parents[2] / "cases" / "uv" / "variables.yaml"


def listed(fate: str) -> list[str]:
    groups = yaml.safe_load(LISTED.read_text())[fate].values()
    entries = [entry for group in groups for entry in group]
    return [next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries]


def received(tmp_path: Path, environ: dict[str, str]) -> dict[str, str]:
    """Return what a program in uv's place sees."""
    program = tmp_path / "uv"
    program.write_text(f'#!/bin/sh\nenv -0 >"{tmp_path}/seen"\nexit 1\n')
    program.chmod(0o755)
    uv = Uv(environ, tmp_path / "cache", ("",))
    uv.__dict__["_program"] = str(program)
    with pytest.raises(CkpmError):
        uv.lock("", ["a"], "3.11", known_platforms()["linux-x86_64"])
    seen = (tmp_path / "seen").read_text().split("\0")
    return dict(line.split("=", 1) for line in seen if line)


@pytest.mark.parametrize("name", listed("kept"))
def test_a_variable_that_is_kept_reaches_uv(tmp_path: Path, name: str) -> None:
    assert received(tmp_path, {name: "theirs"})[name] == "theirs"


@pytest.mark.parametrize("name", listed("taken away"))
def test_a_variable_that_is_taken_away_does_not(tmp_path: Path, name: str) -> None:
    assert "theirs" not in received(tmp_path, {name: "theirs"}).values()


def test_people_and_networks_are_reached() -> None:
    names = ("HOME", "PATH", "TMPDIR", "LANG", "SSL_CERT_FILE", "https_proxy", "NO_PROXY", "NETRC")
    assert uv_environment(dict.fromkeys(names, "x")) == dict.fromkeys(names, "x")


def test_no_variable_that_this_uv_reads_is_kept_unless_it_is_listed() -> None:
    """Its program has their names, many run together; a new one has no say before it is listed."""
    program = Path(find_uv_bin()).read_bytes().decode("latin-1")
    read = set(re.findall(r"UV_(?:(?!UV_)[A-Z0-9_])+", program))
    assert {"UV_OVERRIDE", "UV_CACHE_DIR", "UV_CONSTRAINT", "UV_HTTP_RETRIES"} <= read
    assert {name for name in read if reaches_uv(name)} <= set(listed("kept"))


@pytest.mark.parametrize("name", ["UV_OF_TOMORROW", "UV_INDEX_OF_TOMORROW", "UV_HTTP_NEW"])
def test_a_variable_that_nobody_knows_yet_has_no_say(name: str) -> None:
    assert not reaches_uv(name)
