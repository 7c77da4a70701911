"""What uv can fetch: one Python for arm64, in an archive like python-build-standalone's."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import Any

MINOR, VERSION = "3.13", "3.13.5"
KEY = f"cpython-{VERSION}-linux-aarch64-gnu"
# uv adapts this one to where it lies, and wants it to begin so.
SYSCONFIG = f"lib/python{MINOR}/_sysconfigdata__linux_aarch64-linux-gnu.py"
SYSCONFIG_TEXT = b"""\
# system configuration generated and used by the sysconfig module
build_time_vars = {}
"""


def offer_python(project: Any, archive: bytes, sha256: str = "") -> None:
    """Have uv know one Python for arm64, which lies on the loopback where ``archive`` is not empty.

    uv reads such a document in place of its own.
    """
    place = project.server.serve("python.tar.gz", archive) if archive else "file:///nowhere.tar.gz"
    entry = {
        "name": "cpython", "arch": {"family": "aarch64", "variant": None}, "os": "linux",
        "libc": "gnu", "major": 3, "minor": 13, "patch": 5, "prerelease": "", "variant": None,
        "url": place, "sha256": sha256 or hashlib.sha256(archive).hexdigest(), "build": "20250101",
    }  # fmt: skip
    known = project.directory.parent / "pythons.json"
    known.write_text(json.dumps({KEY: entry}))
    project.environ["UV_PYTHON_DOWNLOADS_JSON_URL"] = str(known)


def archive_of(interpreter: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        members = {f"bin/python{MINOR}": interpreter, SYSCONFIG: SYSCONFIG_TEXT}
        for place, content in members.items():
            member = tarfile.TarInfo(f"python/{place}")
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
