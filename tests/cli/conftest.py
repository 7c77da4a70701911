"""A project whose recipes show every method, all of it on the loopback."""

from __future__ import annotations

import hashlib
import socket
import zipfile
from io import BytesIO
from typing import Any

import pytest

WRITE = "import pathlib, sys; pathlib.Path(sys.argv[1], 'made').write_text('by steps\\n')"


def jar() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("lib/thing.so"), "machine code\n")
    return buffer.getvalue()


@pytest.fixture
def silent() -> str:
    """The address of a server that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def methods(project: Any, pack: Any, silent: str) -> Any:
    """The project, with one recipe for each way to obtain a package."""
    photos = [pack({f"photos-{n}/cat.txt": f"cat {n}\n".encode()}) for n in (1, 2)]
    sources = [
        project.archive(f"photos-{n}.tar", content, strip="1", versions=[str(n)])
        for n, content in ((2, photos[1]), (1, photos[0]))
    ]
    variables = [{"set": {"CKPM_PHOTOS_CAT": "{prefix}/cat.txt"}}]
    project.recipe("photos", *sources, env=variables, test=[{"files": ["cat.txt"]}])

    plain = {**project.archive("labels.json", b'{"cat": 1}\n'), "from": "file", "unpack": "false"}
    project.recipe("labels", plain)

    built = {"from": "build", "system": "commands", "tools": ["python"]}
    steps = [["{tools.python}", "-c", WRITE, "{prefix}"]]
    source = project.archive("source.tar", pack({"source/main.c": b"int x;\n"}))
    project.recipe("tool", {**source, **built, "steps": steps}, kind="program")
    fails = [["{tools.python}", "-c", "import sys; print('no header x.h'); sys.exit(3)"]]
    project.recipe("broken", {**source, **built, "steps": fails}, kind="program")

    place = "maven/org/example/thing/1.0/thing-1.0.jar"
    project.server.serve(place, jar())
    project.server.serve(f"{place}.sha1", hashlib.sha1(jar()).hexdigest().encode())  # noqa: S324
    index = {"index": project.server.url("maven"), "artifact": "org.example:thing"}
    project.recipe("thing", {"from": "maven", "versions": ["1.0"], **index}, kind="library")

    told = "accept the terms at https://example.org\n"
    project.recipe("licensed", {"from": "manual", "versions": ["3"], "instructions": told})

    mirrored = project.archive("mirrored.tar", photos[0])
    mirrored["urls"].insert(0, f"{silent}/mirrored.tar")
    project.recipe("mirrored", mirrored)
    gone = {**project.archive("moved.tar", photos[0]), "urls": [f"{silent}/moved.tar"]}
    project.recipe("moved", gone, project.archive("moved.tar", photos[0], strip="1"))
    project.recipe("gone", {**project.archive("gone.tar", photos[1]), "urls": gone["urls"]})
    project.recipe("tampered", {**project.archive("tampered.tar", photos[0]), "sha256": "0" * 64})
    return project
