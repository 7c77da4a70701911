"""Upstream archives from Debian's source packages, and recipes that fetch them from here."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import yaml

from ckpm._content import bundled_dir

SOURCES = re.compile(r"^(?=  - from:)", re.MULTILINE)
URLS = r"urls:(?: \[.*{part}.*\]|(?:\n      - http.*)+)"
SUMS = r"(?:\n +(?:size|sha\d+): \w+)+"
STATED = re.compile(rf"{URLS.format(part='')}(?P<sums>{SUMS})")


@dataclass(frozen=True)
class Archive:
    """One archive of a Debian source package, and the version of a recipe that it is.

    ``part`` occurs in the address of the part that it is, where there are several. ``configure`` is
    what a build without the files that Debian took out is told.
    """

    recipe: str
    version: str
    suite: str
    package: str
    file: str
    sha256: str
    repacked: bool = False
    part: str = ""
    configure: str = ""


def archives(*recipes: str) -> list[Archive]:
    """Return what Debian has of some recipes; of all of them, when none is named."""
    text = Path(__file__).with_name("archives.yaml").read_text(encoding="utf-8")
    known = [Archive(**entry) for entry in yaml.safe_load(text)]
    return [archive for archive in known if not recipes or archive.recipe in recipes]


def supplied() -> Mapping[str, Path]:
    """Return upstream's archives in ``$CKPM_TEST_ARCHIVES`` by their sha256 sums.

    They are for what Debian lacks, where the addresses of the recipes cannot be reached.
    """
    place = os.environ.get("CKPM_TEST_ARCHIVES")
    files = [path for path in Path(place).iterdir() if path.is_file()] if place else []
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}


def recipe_text(name: str, address: str = "", given: Mapping[str, Path] | None = None) -> str:
    """Return a bundled recipe; with an address, what Debian has of it comes from there.

    So do the archives that are ``given``, each at the path of its sum.
    """
    text = (bundled_dir("recipes") / f"{name}.yaml").read_text(encoding="utf-8")
    blocks = SOURCES.split(text)
    for archive in archives(name) if address else ():
        version = f'versions: ["{archive.version}"]'
        blocks = [_served(b, archive, address) if version in b else b for b in blocks]
    return STATED.sub(partial(_given, address, given or {}), "".join(blocks))


def _served(source: str, archive: Archive, address: str) -> str:
    found = re.search(rf"{URLS.format(part=re.escape(archive.part))}(?P<sums>{SUMS})", source)
    assert found, f"{archive.recipe} has no part {archive.part}"
    indent = found["sums"][: len(found["sums"]) - len(found["sums"].lstrip())]
    sums = f"{indent}sha256: {archive.sha256}" if archive.repacked else found["sums"]
    here = f'urls: ["{address}/{archive.file}"]{sums}'
    source = source[: found.start()] + here + source[found.end() :]
    more = f"\n      - {archive.configure}" if archive.configure else ""
    return source.replace("    configure:", f"    configure:{more}", 1)


def _given(address: str, files: Mapping[str, Path], stated: re.Match[str]) -> str:
    digest = re.search(r"sha256: (\w+)", stated["sums"])
    if digest is None or digest[1] not in files:
        return stated[0]
    return f'urls: ["{address}/{served_name(digest[1], files[digest[1]])}"]{stated["sums"]}'


def served_name(digest: str, path: Path) -> str:
    """Return the name by which an archive that was supplied is served."""
    return digest + "".join(path.suffixes[-2:])


class Apt:
    """apt with lists of its own, so that the machine's are left alone; it checks signatures."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for place in ("lists/partial", "cache/archives/partial", "parts", "archives"):
            (directory / place).mkdir(parents=True)
        settings = (
            'Dir::Etc::SourceList "/dev/null";',
            f'Dir::Etc::SourceParts "{directory}/parts";',
            f'Dir::State::Lists "{directory}/lists";',
            f'Dir::Cache "{directory}/cache";',
            'APT::Sandbox::User "root";',
        )
        (directory / "apt.conf").write_text("\n".join(settings), encoding="utf-8")

    def fetch(self, wanted: list[Archive]) -> list[str]:
        """Bring archives into ``archives``; return the files that Debian no longer has."""
        suites = " ".join(sorted({archive.suite for archive in wanted}))
        lines = f"Types: deb-src\nURIs: {mirror()}\nSuites: {suites}\nComponents: main\n"
        key = "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        (self.directory / "parts" / "debian.sources").write_text(lines + key, encoding="utf-8")
        self._run("apt-get", "update")
        for archive in wanted:
            self._run("apt-get", "source", "--download-only", "--tar-only",
                      f"{archive.package}/{archive.suite}")  # fmt: skip
        return [archive.file for archive in wanted if not self._is_there(archive)]

    def _is_there(self, archive: Archive) -> bool:
        file = self.directory / "archives" / archive.file
        return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == archive.sha256

    def _run(self, *command: str) -> None:
        environ = {"PATH": "/usr/bin:/bin", "APT_CONFIG": str(self.directory / "apt.conf")}
        subprocess.run(
            command, cwd=self.directory / "archives", env=environ, capture_output=True, timeout=300,
            check=False,
        )  # fmt: skip


@lru_cache(maxsize=1)
def mirror() -> str:
    """Return the address of Debian's archive that this machine is set up with, if any."""
    command = ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return ""
    found = (line for line in said.stdout.splitlines() if line.rstrip("/").endswith("/debian"))
    return next(found, "")
