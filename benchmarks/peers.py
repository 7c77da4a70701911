"""Start-up of peers beside ckpm's, as ratios to the bare interpreter in the same run.

    python benchmarks/peers.py --peers DIR

DIR is a virtual environment's `bin` with `ck` (2.6.4), `conan` and `uv` from PyPI.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from startup import CKPM, pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    bin_dir = options.peers
    with tempfile.TemporaryDirectory() as directory:
        environ = {**os.environ, "HOME": directory}
        environ["CKPM_STORE"] = os.environ.get("CKPM_STORE", f"{directory}/store")
        subprocess.run([*CKPM, "detect", "-q"], env=environ, check=True, capture_output=True)
        rows = [
            ("ckpm --help", [*CKPM, "--help"]),
            ("ck --help", [bin_dir / "ck", "--help"]),
            ("conan --help", [bin_dir / "conan", "--help"]),
            ("uv --help", [bin_dir / "uv", "--help"]),
            ("ckpm env list", [*CKPM, "env", "list"]),
            ("ck show env", [bin_dir / "ck", "show", "env"]),
            ("ckpm detect (all detectors, again)", [*CKPM, "detect"]),
            ("conan profile detect (one compiler)", [bin_dir / "conan", "profile", "detect", "-f"]),
        ]
        print("| command | median | ratio to the bare interpreter |")
        print("|---|---|---|")
        for name, command in rows:
            seconds, ratio = pairs(
                list(map(str, command)), Path(directory), environ, options.runs, None
            )
            print(f"| `{name}` | {seconds * 1000:.0f} ms | {ratio:.1f} |")


if __name__ == "__main__":
    main()
