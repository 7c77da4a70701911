"""Wheels with everything that a wheel can have, and an index of them on the loopback."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any


def wheel(
    name: str,
    tags: str,
    *,
    needs: Sequence[str] = (),
    inside: str = "",
    programs: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a wheel of version 1; ``inside`` are the tags in its WHEEL, where they differ.

    Its module says the tags. It has a program, a script, a header and a file of data, and
    ``programs`` by their names that are not Python.
    """
    info = f"{name}-1.dist-info"
    requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
    generator = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
    texts = {
        f"{name}/__init__.py": f"TAGS = '{tags}'\n\ndef main():\n    print('ran for', TAGS)\n",
        f"{name}-1.data/scripts/{name}-script": "#!python\nprint('script ran')\n",
        f"{name}-1.data/headers/{name}.h": "#define WHEEL 1\n",
        f"{name}-1.data/data/share/{name}/data.txt": "data\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{requires}",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-program = {name}:main\n",
        f"{info}/WHEEL": f"{generator}Tag: {inside or tags}\n",
    }
    members = {path: text.encode() for path, text in texts.items()}
    for program, content in (programs or {}).items():
        members[f"{name}-1.data/scripts/{program}"] = content
    lines = [f"{path},{digest(content)},{len(content)}" for path, content in members.items()]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in members.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


def digest(content: bytes) -> str:
    """Return a digest as RECORD has it."""
    raw = hashlib.sha256(content).digest()
    return f"sha256={base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"


def serve(server: Any, behaviour: Any, name: str, wheels: dict[str, bytes]) -> str:
    """Offer wheels, by their tags, of one project; return the index's address."""
    links = []
    for tags, content in wheels.items():
        file = f"{name}-1-{tags}.whl"
        url = server.serve(f"files/{file}", content)
        links.append(f'<a href="{url}#sha256={hashlib.sha256(content).hexdigest()}">{file}</a>')
    place = f"simple/{name}/"
    server.serve(place.rstrip("/"), "".join(links).encode())
    server.misbehave(place, always=behaviour(headers={"Content-Type": "text/html"}))
    return str(server.url("simple"))
