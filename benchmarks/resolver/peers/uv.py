"""uv as a whole process on a folder of wheels that hold only METADATA; its floor is the same call
for one package that needs nothing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from benchmarks.resolver.instances import Instance, Need, positions

NAME = "uv"
DISTRIBUTION = "uv"
COUNTS_LOADING = False

FLOOR = "ckpm-floor"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Where the wheels and the requirements lie."""

    instance: Instance
    folder: Path
    request: Path
    floor: Path


def prepare(instance: Instance) -> Prepared:
    folder = Path(tempfile.mkdtemp())
    (folder / "wheels").mkdir()
    for name in instance.reachable():
        for p in range(len(instance.packages[name])):
            needs = [_requirement(instance, need) for need in instance.needs(name, p)]
            _write_wheel(folder / "wheels", name, str(p + 1), needs)
    _write_wheel(folder / "wheels", FLOOR, "1", [])
    request, floor = folder / "request.in", folder / "floor.in"
    request.write_text("\n".join(_requirement(instance, need) for need in instance.root))
    floor.write_text(FLOOR)
    return Prepared(instance, folder, request, floor)


def _requirement(instance: Instance, need: Need) -> str:
    target, spans = need
    count = len(instance.packages[target])
    fitting = positions(spans, count)
    if len(fitting) == count:
        return target
    if not fitting:
        return f"{target}==0.0.0"
    holes = sorted(set(range(fitting[0], fitting[-1])) - set(fitting))
    bounds = [f">={fitting[0] + 1}", f"<={fitting[-1] + 1}", *(f"!={p + 1}" for p in holes)]
    return target + ",".join(bounds)


def _write_wheel(folder: Path, name: str, version: str, needs: list[str]) -> None:
    stem = f"{name.replace('-', '_')}-{version}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", "\n".join(lines) + "\n")
        wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{stem}.dist-info/RECORD", "")


def solve(prepared: Prepared) -> dict[str, str] | None:
    done = _compile(prepared, prepared.request)
    if "No solution found" in done.stderr:
        return None
    done.check_returncode()
    pins = dict(line.split("==") for line in done.stdout.split())
    packages = prepared.instance.packages
    return {name: packages[name][int(version) - 1] for name, version in pins.items()}


def floor(prepared: Prepared) -> None:
    """Do everything but solve."""
    _compile(prepared, prepared.floor).check_returncode()


def _compile(prepared: Prepared, request: Path) -> subprocess.CompletedProcess[str]:
    options = ["--no-index", "--offline", "--no-header", "--no-annotate", "--no-config", "--quiet"]
    places = ["--python", sys.executable, "--cache-dir", str(prepared.folder / "cache")]
    places += ["--find-links", str(prepared.folder / "wheels")]
    return subprocess.run(
        [find_uv_bin(), "pip", "compile", *options, *places, str(request)],
        capture_output=True, text=True, check=False, cwd=prepared.folder,
    )  # fmt: skip
