"""Programs that Windows' installers tell of elsewhere than in ``PATH``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ckpm.detect.paths import absolute_path
from ckpm.system.host import Host

# Keys of the registry cannot be listed, so these versions are tried.
_PYTHONS = tuple(f"3.{minor}" for minor in range(15, 7, -1))
_HIVES = ("HKCU", "HKLM")
_STUDIOS = "C:/ProgramData/Microsoft/VisualStudio/Packages/_Instances"
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
    for instance in host.names(_STUDIOS):
        tools = f"{_studio(host, f'{_STUDIOS}/{instance}/state.json')}/VC/Tools/MSVC"
        for version in host.names(tools):
            yield f"{tools}/{version}/bin/{_NATIVE.get(host.platform.arch, '')}"


def _studio(host: Host, file: str) -> str | None:
    try:
        state = json.loads(host.read(file, 1 << 20))
        return absolute_path(host.platform, str(state["installationPath"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
