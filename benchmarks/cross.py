"""Cross builds by ckpm against the very same commands by hand, and what a compiler cache saves.

    python benchmarks/cross.py --compare --build program libjpeg-turbo [--runs 3]
    python benchmarks/cross.py --again [--runs 9]
    python benchmarks/cross.py --cache --build libjpeg-turbo

Needs Debian's cross compiler for the target, CMake, Ninja and ccache, and apt set up with an
archive of Debian, whose copies of the upstream archives are served on the loopback. Everything is
fetched before anything is timed. FlatBuffers and Abseil take minutes.
"""

from __future__ import annotations

import argparse
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from repeat import Build, recorded
from startup import CKPM, pairs

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from debian_sources import Apt, archives, recipe_text

JPEG = ("libjpeg-turbo==2.1.5",)
PROGRAM = ("object-detection:language=cpp,runtime=linked", *JPEG)
REQUESTS = {
    "program": PROGRAM,
    "libjpeg-turbo": JPEG,
    "flatbuffers": ("flatbuffers==23.5.26",),
    "abseil-cpp": ("abseil-cpp==20260526.0",),
}
NO_CACHE = "no-cache"
RECIPES = ("libjpeg-turbo", "flatbuffers", "abseil-cpp")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", action="store_true", help="with the same commands by hand")
    parser.add_argument("--again", action="store_true", help="when there is nothing to do")
    parser.add_argument("--cache", action="store_true", help="with a compiler cache")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--target", default="linux-arm64")
    parser.add_argument("--build", nargs="+", choices=REQUESTS, default=["program"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, served(Path(directory)) as address:
        project = Project(Path(directory), options.target)
        project.write(address)
        measured(project, options)


def measured(project: Project, options: argparse.Namespace) -> None:
    requests = [REQUESTS[name] for name in options.build]
    if options.again:
        again(project, options.runs)
    if options.cache:
        cached(project, requests)
    if options.compare:
        compared(project, requests, options.runs)


def compared(project: Project, requests: Sequence[Sequence[str]], runs: int) -> None:
    print("| built | ckpm install | cmake alone | ratio | overhead | budget, 10 % and 1 s |")
    print("|---|---|---|---|---|---|")
    for request in requests:
        project.forget()
        builds, ours, theirs = project.recorded(request), [], []
        for _ in range(runs):
            ours.append(project.anew(request))
            theirs.append(sum(build.repeat() for build in builds))
        own, plain = statistics.median(ours), statistics.median(theirs)
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        over = statistics.median(a - b for a, b in zip(ours, theirs, strict=True))
        named = f"`{request[0]}`, {len(builds)} built"
        print(f"| {named} | {own:.1f} s | {plain:.1f} s | {ratio:.2f} ", end="")
        print(f"| {over:.1f} s | {plain / 10 + 1:.1f} s |", flush=True)


def again(project: Project, runs: int) -> None:
    """Time an install that finds nothing to do against the bare interpreter."""
    project.install(PROGRAM)
    seconds, ratio = pairs(
        project.command(PROGRAM), project.directory, project.environ(), runs, None
    )
    print(f"\nnothing to do: {seconds * 1000:.0f} ms, {ratio:.1f} bare interpreters\n", flush=True)


def cached(project: Project, requests: Sequence[Sequence[str]]) -> None:
    """Build without a compiler cache, with an empty one, and with what that holds then."""
    print("| built | no cache | cache empty | again | ratio to no cache | hits |")
    print("|---|---|---|---|---|---|")
    for request in requests:
        name = request[0]
        project.fetch(request)
        plain, first = project.anew(request), project.anew(request, name)
        before = project.counted(name)
        warm = project.anew(request, name)
        hits, calls = (b - a for a, b in zip(before, project.counted(name), strict=True))
        print(f"| `{name}` | {plain:.1f} s | {first:.1f} s | {warm:.1f} s ", end="")
        print(f"| {warm / plain:.2f} | {hits} of {calls} |", flush=True)


@dataclass
class Project:
    """A trusted project with a store and caches of its own, which is installed for a target."""

    directory: Path
    target: str

    def write(self, address: str) -> None:
        recipes = self.directory / ".ckpm" / "recipes"
        recipes.mkdir(parents=True)
        for name in RECIPES:
            text = recipe_text(name, address)
            (recipes / f"{name}.yaml").write_text(text, encoding="utf-8")
        declared = f"name: cross\nrequires: []\nshadows: [{', '.join(RECIPES)}]\n"
        (self.directory / "ckpm.yaml").write_text(declared, encoding="utf-8")
        (self.directory / NO_CACHE).mkdir()
        (self.directory / NO_CACHE / "ccache.conf").write_text("disable = true\n", encoding="utf-8")
        self.run([*CKPM, "trust", "."])

    def environ(self, cache: str = NO_CACHE) -> dict[str, str]:
        """Return the variables of a run that uses a compiler cache of that name."""
        names = ("CKPM_STORE", "CKPM_CACHE", "CKPM_CONFIG")
        places = {name: str(self.directory / name.lower()) for name in names}
        return {**os.environ, **places, "CCACHE_DIR": str(self.directory / cache)}

    def command(self, request: Sequence[str]) -> list[str]:
        return [*CKPM, "install", *request, "--target", self.target, "-e", "cross"]

    def install(self, request: Sequence[str], cache: str = NO_CACHE) -> float:
        start = time.perf_counter()
        self.run(self.command(request), cache)
        return time.perf_counter() - start

    def fetch(self, request: Sequence[str]) -> None:
        self.run([CKPM[0], "fetch", *request, "--target", self.target, "-e", "cross"])

    def anew(self, request: Sequence[str], cache: str = NO_CACHE) -> float:
        self.forget()
        return self.install(request, cache)

    def recorded(self, request: Sequence[str]) -> list[Build]:
        kept = self.directory / f"kept-{request[0]}"
        return recorded(self.directory, request, self.target, self.environ(), kept)

    def run(self, command: Sequence[str], cache: str = NO_CACHE) -> str:
        """Return what a command prints; what it says besides is shown only when it fails."""
        done = subprocess.run(
            command, cwd=self.directory, env=self.environ(cache), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout

    def forget(self) -> None:
        """Remove what was made, never what was fetched."""
        for name in ("results", "envs"):
            shutil.rmtree(self.directory / "ckpm_store" / name, ignore_errors=True)

    def counted(self, cache: str) -> tuple[int, int]:
        """Return the hits of a compiler cache and the compilations that it could have served."""
        rows = self.run(["ccache", "--print-stats"], cache).splitlines()
        counts = {name: int(count) for name, _, count in (row.partition("\t") for row in rows)}
        hits = counts["direct_cache_hit"] + counts["preprocessed_cache_hit"]
        return hits, hits + counts["cache_miss"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a directory without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing: the output is a table."""


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """Serve Debian's copies of the upstream archives."""
    apt = Apt(directory / "apt")
    if missing := apt.fetch(archives(*RECIPES)):
        sys.exit(f"Debian does not give {', '.join(missing)}")
    handler = partial(Quiet, directory=str(apt.directory / "archives"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


if __name__ == "__main__":
    main()
