"""npm is told who and where its registry is, and nothing else by the shell around."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from ckpm.system.registries.npm import NpmClient

AWAY = {
    "NODE_OPTIONS": "--require /nowhere.js",
    "NODE_PATH": "/nowhere",
    "npm_config_before": "2001-01-01",
    "npm_config_dry_run": "true",
    "npm_config_ignore_scripts": "false",
    "npm_config_node_options": "--require /nowhere.js",
    "NPM_CONFIG_OFFLINE": "true",
    "npm_config_script_shell": "/nowhere",
    "npm-config-workspaces": "true",
}
KEPT = {
    "HOME": "/home/me",
    "NPM_TOKEN": "secret",
    "https_proxy": "http://proxy.example",
    "NODE_EXTRA_CA_CERTS": "/certs.pem",
    "npm_config_registry": "https://npm.example",
    "npm_config_@mine:registry": "https://mine.example",
    "npm_config_//npm.example/:_authToken": "secret",
    "NPM_CONFIG_CAFILE": "/certs.pem",
    "npm_config_userconfig": "/etc/npmrc",
    "npm_config_strict_ssl": "false",
    "npm_config_https_proxy": "http://proxy.example",
}


# No shell: those take away what is no name to them.
NPM = f"""#!{sys.executable}
import json, os, pathlib, sys
pathlib.Path(__file__).with_name("seen").write_text(json.dumps([sys.argv, dict(os.environ)]))
pathlib.Path(__file__).with_name("a-1.tgz").touch()
"""


def test_who_and_where_the_registry_is_reaches_npm(tmp_path: Path) -> None:
    program = tmp_path / "npm"
    program.write_text(NPM)
    program.chmod(0o755)
    NpmClient((str(program),), {**AWAY, **KEPT}).pack("a==1", tmp_path)
    argv, seen = json.loads((tmp_path / "seen").read_text())
    assert {name: seen.get(name) for name in KEPT} == KEPT
    assert [name for name in AWAY if name in seen] == []
    assert "--ignore-scripts" in argv


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not here")
def test_the_real_npm_runs_no_script_and_obeys_no_setting_of_the_shell(
    tmp_path: Path, loopback: Any, pack: Any
) -> None:
    """The registry of the shell counts; what is fetched says to run a script when it is packed."""
    script = {"prepack": f"touch {tmp_path}/ran", "prepare": f"touch {tmp_path}/ran"}
    manifest = {"name": "thing", "version": "1.0.0", "scripts": script}
    archive = pack({"package/package.json": json.dumps(manifest).encode()})
    dist = {
        "tarball": loopback.serve("thing-1.0.0.tgz", archive),
        "shasum": hashlib.sha1(archive).hexdigest(),  # noqa: S324 - what registries state
    }
    document = {"name": "thing", "dist-tags": {"latest": "1.0.0"},
                "versions": {"1.0.0": {**manifest, "dist": dist}}}  # fmt: skip
    loopback.serve("thing", json.dumps(document).encode())
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], **AWAY}
    environ["npm_config_registry"] = loopback.url("")
    place = tmp_path / "packed"
    place.mkdir()
    assert NpmClient(("npm",), environ).pack("thing==1.0.0", place).name == "thing-1.0.0.tgz"
    assert not (tmp_path / "ran").exists()
