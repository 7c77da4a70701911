"""Bytes and seconds from an empty store to the first detection.

    python benchmarks/first_detection.py [--runtime tensorflow]

Bytes are what the machine's interfaces received meanwhile, so let nothing else download.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from startup import CKPM


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", default="litert")
    runtime = parser.parse_args().runtime
    with tempfile.TemporaryDirectory() as directory:
        places = {
            name: f"{directory}/{name}" for name in ("CKPM_STORE", "CKPM_CACHE", "CKPM_CONFIG")
        }
        command = [*CKPM, "run", "object-detection", "--runtime", runtime]
        before, start = received(), time.perf_counter()
        subprocess.run(
            command, cwd=directory, env={**os.environ, **places}, check=True, capture_output=True
        )
        seconds, megabytes = time.perf_counter() - start, (received() - before) / 1e6
        again = time.perf_counter()
        subprocess.run(
            command, cwd=directory, env={**os.environ, **places}, check=True, capture_output=True
        )
        print(f"{runtime}: {megabytes:.0f} MB received, {seconds:.1f} s; ", end="")
        print(f"again {time.perf_counter() - again:.1f} s")


def received() -> int:
    """Return the bytes received so far on every interface but the loopback one."""
    rows = Path("/proc/net/dev").read_text(encoding="utf-8").splitlines()[2:]
    return sum(
        int(row.split(":")[1].split()[0]) for row in rows if not row.lstrip().startswith("lo:")
    )


if __name__ == "__main__":
    main()
