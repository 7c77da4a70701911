"""What comes by an environment module works in an environment without `module load`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# It starts only with the library path that its module, and the one that it needs, would set.
TOOL = """#!/bin/sh
case ":$LD_LIBRARY_PATH:" in *:{lib}:*) echo "cmake version 3.30.1" ;; *) exit 127 ;; esac
"""


def test_a_detected_module_is_loaded_by_activation(tmp_path: Path) -> None:
    root, modules = tmp_path / "apps" / "cmake", tmp_path / "modules"
    write(root / "bin" / "cmake", TOOL.format(lib=tmp_path / "apps" / "gcc" / "lib")).chmod(0o755)
    write(
        modules / "cmake" / "3.30.1",
        f"#%Module\nprereq gcc/13\nprepend-path PATH {root}/bin\nsetenv SITE_CMAKE yes\n",
    )
    library = tmp_path / "apps" / "gcc" / "lib"
    write(modules / "gcc" / "13", f"#%Module\nprepend-path LD_LIBRARY_PATH {library}\n")
    [found] = [each for each in ckpm(tmp_path, "detect", "cmake") if each["prefix"] == str(root)]
    owner = {"manager": "module", "package": "cmake", "version": "3.30.1"}
    assert (found["owner"], found["needs"]) == (owner, ["gcc/13"])
    ckpm(tmp_path, "install", "cmake==3.30.1")
    done = run(tmp_path, "exec", "--", "sh", "-c", "echo $SITE_CMAKE; cmake --version")
    assert done.stdout == "yes\ncmake version 3.30.1\n", done.stderr


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def ckpm(directory: Path, *arguments: str) -> list[dict[str, object]]:
    done = run(directory, *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    result: list[dict[str, object]] = json.loads(done.stdout)["result"]
    return result


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    places = {name: f"{directory}/{name}" for name in ("CKPM_STORE", "CKPM_CACHE", "CKPM_CONFIG")}
    environ = {**os.environ, **places, "MODULEPATH": f"{directory}/modules"}
    return subprocess.run(
        [sys.executable, "-m", "ckpm", *arguments],
        env=environ,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
