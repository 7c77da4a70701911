"""Trusted projects whose recipes are the bundled ones, but fetch from a server on the loopback."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ckpm._content import bundled_dir
from debian_sources import Apt, archives, mirror, recipe_text, served_name, supplied


class Projects:
    """Makes projects below a directory, of Debian's archives and of those that were supplied."""

    def __init__(self, root: Path, address: str, apt: Apt) -> None:
        self.root = root
        self.address = address
        self.apt = apt
        self.given = supplied()
        for digest, path in self.given.items():
            (apt.directory / "archives" / served_name(digest, path)).symlink_to(path)

    def make(self, *names: str, **own: str) -> Path:
        """Return a project of some bundled recipes, and of the texts of others; made once."""
        project = self.root / "-".join((*names, *own))
        if project.exists():
            return project
        if missing := self.apt.fetch(archives(*names)):
            pytest.skip(f"Debian does not give {', '.join(missing)}")
        texts = {name: recipe_text(name, self.address, self.given) for name in names}
        write_project(project, {**texts, **own})
        ckpm(project, "trust", ".")
        return project


@contextmanager
def served(root: Path) -> Iterator[Projects]:
    """Serve the archives of Debian on the loopback, as far as projects ask for them.

    Skips where there is no archive of Debian.
    """
    if not mirror():
        pytest.skip("needs apt, set up with an archive of Debian")
    apt = Apt(root / "apt")
    place = str(apt.directory / "archives")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=place)
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Projects(root, f"http://127.0.0.1:{server.server_port}", apt)
        server.shutdown()


def write_project(project: Path, recipes: Mapping[str, str]) -> None:
    """Write a project whose recipes take the place of bundled ones of these names."""
    place = project / ".ckpm" / "recipes"
    place.mkdir(parents=True)
    for name, text in recipes.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
        if (beside := bundled_dir("recipes") / name).is_dir():
            shutil.copytree(beside, place / name)
    text = f"name: libraries\nrequires: []\nshadows: [{', '.join(recipes)}]\n"
    (project / "ckpm.yaml").write_text(text, encoding="utf-8")


def ckpm(project: Path, *arguments: str) -> Any:
    """Return the result of a command in a project, which has a store of its own."""
    return json.loads(run(project, *arguments, "--json"))["result"]


def run(project: Path, *arguments: str) -> str:
    """Return what a command in a project prints.

    Skips where it needs what can be had neither from Debian nor from this machine.
    """
    places = {name: str(project / name.lower()) for name in ("CKPM_STORE", "CKPM_CONFIG")}
    done = subprocess.run(
        [sys.executable, "-m", "ckpm", *arguments],
        cwd=project, env={**os.environ, **places}, capture_output=True, text=True, timeout=7200,
        check=False,
    )  # fmt: skip
    if done.returncode and "cannot be had from here" in done.stderr:
        pytest.skip("needs to reach github.com, or its archives in $CKPM_TEST_ARCHIVES")
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
