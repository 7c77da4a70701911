"""Programs that Windows' installers tell of elsewhere than in ``PATH``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ckpm.detect.paths import absolute_path
from ckpm.system.host import Host

# Keys of the registry cannot be listed, so these versions are tried.
_PYTHONS = tuple(f"3.{minor}" for minor in range(15, 7, -1))
_HIVES = ("HKCU", "HKLM")
_STUDIOS = "C:/ProgramData/Microsoft/VisualStudio/Packages/_Instances"
_PATH = re.compile(r'"installationPath"\s*:\s*("(?:[^"\\\x00-\x1f]|\\["\\/]|\\u[0-9a-fA-F]{4})*")')
_NATIVE = {"x86_64": "Hostx64/x64", "arm64": "Hostarm64/arm64"}


def registered_programs(host: Host) -> list[str]:
    """Return the directories of registered Pythons and of the compilers of Visual Studio."""
    if host.platform.os != "windows":
        return []
    return [*_pythons(host), *_compilers(host)]


def registry_path(host: Host, key: str) -> str | None:
    """Return a directory that the registry names; ``None`` where it names none."""
    return absolute_path(host.platform, host.registry(key) or "")


def _pythons(host: Host) -> Iterator[str]:
    """See PEP 514: the value without a name is the prefix."""
    for hive in _HIVES:
        for version in _PYTHONS:
            key = rf"{hive}\Software\Python\PythonCore\{version}\InstallPath!"
            if path := registry_path(host, key):
                yield path


def _compilers(host: Host) -> Iterator[str]:
    """Read what the installer of Visual Studio keeps of each instance, as vswhere does."""
    studios = (_studio(host, f"{_STUDIOS}/{name}/state.json") for name in host.names(_STUDIOS))
    for tools in (f"{path}/VC/Tools/MSVC" for path in studios if path):
        for version in host.names(tools):
            yield f"{tools}/{version}/bin/{_NATIVE.get(host.platform.arch, '')}"


def _studio(host: Host, file: str) -> str | None:
    """Return where an instance is; the rest of the file may have a megabyte."""
    told = _PATH.search(host.read(file).decode("utf-8", "replace"))
    return absolute_path(host.platform, json.loads(told[1])) if told else None
