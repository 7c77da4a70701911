"""Scan a farm in a process of its own, and tell what was found and what it cost, as JSON.

    python scan.py ROOT NAME...

``ROOT`` is the farm's directory. With a terminal as its input, it makes that its own first.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import sys
import termios
import time
from pathlib import Path

from ckpm.detect import detect
from ckpm.detect.journal import Journal
from ckpm.model.detector import Detector, VersionProbe
from ckpm.model.platform import Platform
from ckpm.system.host import LocalHost

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu", elf_machine=62)


def main(root: Path, names: list[str]) -> None:
    if os.isatty(0):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(root / "here")
    version = VersionProbe(pattern=r"tool (\d[^\s]*)")
    detectors = [Detector(name, executables=(name,), version=version) for name in names]
    warnings: list[str] = []
    begun = time.perf_counter()
    environ = json.loads((root / "environ.json").read_text(encoding="utf-8"))
    host = LocalHost(environ, LINUX)
    found = detect(detectors, host, cache=root / "cache", journal=Journal(warnings.append))
    document = {
        "seconds": time.perf_counter() - begun,
        "processor_seconds": _used(resource.RUSAGE_SELF),
        "processor_seconds_of_tools": _used(resource.RUSAGE_CHILDREN),
        "peak_kilobytes": _peak(),
        "found": [[each.package, each.version.text] for each in found],
        "warnings": warnings,
    }
    (root / "result.json").write_text(json.dumps(document), encoding="utf-8")


def _used(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _peak() -> int:
    """The peak of this program alone: ``ru_maxrss`` counts who started it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
