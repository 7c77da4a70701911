"""Python distributions of the interpreters that were found, read from directory names alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ckpm.detect.places import series
from ckpm.model.detector import Detector
from ckpm.model.installation import Installation, normalised
from ckpm.model.version import InvalidVersionError, Version
from ckpm.system.host import Host

# https://packaging.python.org/en/latest/specifications/recording-installed-packages/
_METADATA = re.compile(r"(?P<name>.+?)-(?P<version>\d[^-]*)(?:-py[\d.]+)?\.(?:dist|egg)-info")

# The version and the metadata of a distribution, by its normalised name.
Installed = dict[str, tuple[str, str, str]]


def read_distributions(
    host: Host, interpreters: Sequence[Installation]
) -> list[tuple[Installation, Installed]]:
    """Read what each interpreter has installed, once for all detectors."""
    return [(interpreter, _read(host, interpreter)) for interpreter in interpreters]


def find_distributions(
    detector: Detector, read: Sequence[tuple[Installation, Installed]]
) -> Iterator[Installation]:
    """Yield the detector's distribution in each interpreter that has it."""
    if detector.distribution is None:
        return
    name = normalised(detector.distribution)
    for interpreter, installed in read:
        if name in installed:
            yield from _installation(detector, interpreter, *installed[name])


def _installation(
    detector: Detector, interpreter: Installation, text: str, directory: str, metadata: str
) -> Iterator[Installation]:
    try:
        version = Version(text, "pep440")
    except InvalidVersionError:
        return
    yield Installation(
        detector.package,
        version,
        directory,
        (metadata,),
        options=detector.options,
        python=interpreter.executable,
        origin=detector.origin,
    )


def _read(host: Host, interpreter: Installation) -> Installed:
    found: Installed = {}
    for directory in _site_directories(host, interpreter):
        for name in host.names(directory):
            match = _METADATA.fullmatch(name)
            if match is not None:
                entry = (match["version"], directory, f"{directory}/{name}")
                found.setdefault(normalised(match["name"]), entry)
    return found


def _site_directories(host: Host, interpreter: Installation) -> list[str]:
    """In the order of ``sys.path``: the user's own, local ones, the interpreter's, Debian's."""
    python = f"python{series(interpreter.version.text)}"
    prefix, home = interpreter.prefix.rstrip("/"), host.environ.get("HOME")
    user = [f"{home}/.local/lib/{python}/site-packages"] if home else []
    # Debian keeps what it packages apart from what pip installs, and its own of all minor versions
    # of Python 3 together.
    is_systems = prefix == "/usr" and python.startswith("python3")
    debian = [f"/usr/local/lib/{python}/dist-packages", "/usr/lib/python3/dist-packages"]
    own = [f"{prefix}/{lib}/{python}/site-packages" for lib in ("lib", "lib64")]
    return [*user, *own, *(debian if is_systems else ())]
