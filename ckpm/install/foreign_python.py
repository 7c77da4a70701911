"""The Python part of an environment for another machine, made without running anything of it.

It is laid out as a virtual environment of the target's own Python: ``lib/python3.13/site-packages``
(``Lib/site-packages`` on Windows), scripts, headers and data. uv fills a virtual environment of
ckpm's Python with the target's wheels, because that alone has uv write scripts that find Python
beside them; then what belongs to ckpm's Python goes, and what bears its version is renamed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.parser import HeaderParser
from pathlib import Path

from ckpm.errors import IntegrityError
from ckpm.model.lock import Closure
from ckpm.model.platform import Platform
from ckpm.model.wheel_tags import is_for_other_machines
from ckpm.system.files import write_text
from ckpm.system.uv import Uv

_LAUNCHER = """\
#!/bin/sh
# This machine's own Python {version}, with the packages of this environment.
root=$(dirname -- "$(dirname -- "$(realpath -- "$0")")")
PYTHONPATH="$root/{packages}"
export PYTHONPATH
exec python{version} "$@"
"""


def make_foreign_python(uv: Uv, directory: Path, closure: Closure, platform: Platform) -> None:
    """Fill a new ``directory`` with a closure for another platform.

    Raises:
        IntegrityError: for a wheel that is for other machines.
    """
    uv.make_venv(directory, sys.executable)
    ours = [path for path in directory.rglob("*") if path.is_symlink() or not path.is_dir()]
    uv.fill_foreign(directory, closure, platform)
    for path in [*ours, directory / ".lock"]:
        path.unlink(missing_ok=True)
    refuse_disguised(directory, platform)
    _rename(directory, closure.python, platform)
    if platform.os != "windows":
        _write_launchers(directory, closure.python, platform)


def site_packages(python: str, platform: Platform) -> str:
    """Return where in the Python part the packages are; ``python`` is a version."""
    if platform.os == "windows":
        return "Lib/site-packages"
    return f"lib/python{minor_version(python)}/site-packages"


def minor_version(python: str) -> str:
    """Return ``3.13`` for ``3.13.2``."""
    return ".".join(python.split(".")[:2])


def refuse_disguised(directory: Path, platform: Platform) -> None:
    """Make sure that no wheel is for other machines than its file name, which uv believes, says.

    Raises:
        IntegrityError: for the first that is.
    """
    for file in sorted(directory.glob("lib/python*/site-packages/*.dist-info/WHEEL")):
        headers = HeaderParser().parsestr(file.read_text(encoding="utf-8", errors="replace"))
        tags = [str(tag).rpartition("-")[2] for tag in headers.get_all("Tag", [])]
        if is_for_other_machines(tags, platform):
            name = file.parent.name.removesuffix(".dist-info")
            raise IntegrityError(
                f"the wheel of `{name}` is named as one for {platform}, and is for {tags[0]}",
                hints=["use another Python index: this one offers a wheel under a false name"],
            )


def _rename(directory: Path, python: str, platform: Platform) -> None:
    """Give directories the names that they have in a virtual environment of the target."""
    (lib,) = directory.glob("lib/python*")
    places = dict(_places(lib.name, python, platform))
    for old, new in places.items():
        if (directory / old).is_dir():
            (directory / new).parent.mkdir(parents=True, exist_ok=True)
            (directory / old).rename(directory / new)
            _drop_empty((directory / old).parent, directory)
    packages = site_packages(python, platform)
    for record in (directory / packages).glob("*.dist-info/RECORD"):
        _correct(record, places, up="../" * len(packages.split("/")))


def _places(own: str, python: str, platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield (as uv made it, as it is for the target); ``own`` is ``python3.11`` for ckpm's."""
    include = "Include" if platform.os == "windows" else "include"
    version = minor_version(python)
    yield f"lib/{own}/site-packages/", f"{site_packages(python, platform)}/"
    yield f"include/site/{own}/", f"{include}/site/python{version}/"
    if platform.os == "windows":
        yield "bin/", "Scripts/"


def _drop_empty(place: Path, root: Path) -> None:
    with suppress(OSError):  # Something is in it.
        while place != root:
            place.rmdir()
            place = place.parent


def _correct(record: Path, places: Mapping[str, str], up: str) -> None:
    """Have a RECORD name what lies outside the packages by where it is now."""

    def corrected(match: re.Match[str]) -> str:
        path = match[2]
        for old, new in places.items():
            if path.startswith(old):
                path = new + path.removeprefix(old)
        return match[1] + up + path

    text = record.read_text(encoding="utf-8")
    changed = re.sub(r"^(\"?)\.\./\.\./\.\./(.*)", corrected, text, flags=re.MULTILINE)
    # Written anew: the file may be one with uv's cache.
    if changed != text:
        write_text(record, changed)


def _write_launchers(directory: Path, python: str, platform: Platform) -> None:
    version, packages = minor_version(python), site_packages(python, platform)
    (directory / "bin").mkdir(exist_ok=True)
    for name in ("python", "python3"):
        launcher = directory / "bin" / name
        text = _LAUNCHER.format(version=version, packages=packages)
        launcher.write_text(text, encoding="utf-8")
        launcher.chmod(0o755)
