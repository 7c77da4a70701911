"""How people name a device: ``ssh://[user@]host[:port][/directory]``, ``adb:[SERIAL]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckpm.errors import UsageError

_SSH = re.compile(
    r"ssh://(?:(?P<user>[^@/:]+)@)?(?P<host>\[[0-9A-Za-z:.%]+\]|[^@/:\[\]]+)"
    r"(?::(?P<port>\d{1,5}))?(?P<directory>/.*)?"
)
_ADB = re.compile(r"adb:(?P<serial>[^/]*)(?P<directory>/.*)?")
_PLAIN = re.compile(r"[^\s\x00-\x1f\x7f]*")
_HINT = "write it as `ssh://user@host:22/directory` or `adb:SERIAL`"


@dataclass(frozen=True)
class SshAddress:
    """A machine as ssh knows it; what is empty is left to the person's own configuration.

    A ``directory`` that starts with ``/~/`` lies in the home directory.
    """

    host: str
    user: str = ""
    port: str = ""
    directory: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        return f"ssh://{user}{host}{':' if self.port else ''}{self.port}"


@dataclass(frozen=True)
class AdbAddress:
    """An Android device by its serial number; an empty one means the only device there is."""

    serial: str = ""
    directory: str = ""

    def __str__(self) -> str:
        return f"adb:{self.serial}"


Address = SshAddress | AdbAddress


def is_device(text: str) -> bool:
    """Whether a ``--target`` or ``--to`` names a device, and not a platform."""
    return text.startswith(("ssh://", "adb:"))


def read_address(text: str) -> Address:
    """Read the address of a device.

    Raises:
        UsageError: for what is no address, or one that ssh or adb would take for an option.
    """
    found = _SSH.fullmatch(text) or _ADB.fullmatch(text)
    if found is None:
        raise UsageError(f"`{text}` is no address of a device", hints=[_HINT])
    parts = {name: part or "" for name, part in found.groupdict().items()}
    directory = _directory(parts.pop("directory"))
    for part in parts.values():
        if part.startswith("-") or not _PLAIN.fullmatch(part):
            raise UsageError(f"`{part}` in `{text!a}` names no device", hints=[_HINT])
    if text.startswith("adb:"):
        return AdbAddress(parts["serial"], directory)
    return SshAddress(parts["host"].strip("[]"), parts["user"], parts["port"], directory)


def _directory(text: str) -> str:
    """Return a directory that may be replaced as a whole; nothing for the default one."""
    directory = text.rstrip("/")
    if ".." in directory.split("/") or not directory.isprintable():
        raise UsageError(f"`{directory!a}` is no directory for a deployment", hints=[_HINT])
    return "" if directory == "/~" else directory
