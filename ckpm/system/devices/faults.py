"""What ssh, adb and a device's own programs say when something is wrong, and what to do then."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ckpm.errors import CkpmError


class DeviceError(CkpmError):
    """A device that cannot be reached, does not fit, or refuses."""


class DisconnectedError(DeviceError):
    """A device that went away in the middle."""


Fault = tuple[str, str, str]
"""A pattern in what was said, the clause that stands for it, and a hint."""

# Texts of OpenSSH 9.2 and of the C library.
SSH: tuple[Fault, ...] = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        "its host key is not the one that is known",
        "`ssh-keygen -R HOST` forgets the old key, if you know why it changed",
    ),
    (
        r"Host key verification failed",
        "its host key is not known yet",
        "run `ssh HOST` once and compare the key",
    ),
    (
        r"Permission denied \(",
        "it accepts none of your keys",
        "add one with `ssh-copy-id HOST`, or start `ssh-agent`; no password is asked for",
    ),
    (
        r"Could not resolve hostname|Name or service not known",
        "there is no host of that name",
        "check the name, or its entry in `~/.ssh/config`",
    ),
    (
        r"Connection refused",
        "nothing listens there: the connection is refused",
        "check the port, and that sshd runs on the device",
    ),
    (
        r"Connection timed out|Operation timed out|No route to host|Network is unreachable",
        "it does not answer",
        "check that it is switched on and in this network",
    ),
)

# Texts of adb 1.0.41 (platform-tools 35).
ADB: tuple[Fault, ...] = (
    (
        r"device unauthorized",
        "it has not allowed this computer to debug it",
        "unlock it, and accept the question about USB debugging",
    ),
    (
        r"device offline",
        "it is offline",
        "plug it in again, or run `adb reconnect offline`",
    ),
    (r"device '.*' not found", "it is not connected", "`adb devices -l` lists those that are"),
    (
        r"no devices/emulators found",
        "no Android device is connected",
        "switch on USB debugging, and look at `adb devices -l`",
    ),
    (
        r"cannot connect to daemon|failed to start daemon",
        "adb cannot start its server",
        "see what `adb start-server` says",
    ),
)

REMOTE: tuple[Fault, ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        "there is no space left on it",
        "free some, or choose a directory on another disk: `ssh://host/directory`",
    ),
    (
        r"Read-only file system",
        "that directory is on a read-only file system",
        "choose another one: `ssh://host/directory`",
    ),
    (
        r"Permission denied|Operation not permitted",
        "that directory may not be written there",
        "choose another one: `ssh://host/directory`",
    ),
    (
        r"(?:sh|tar|sha256sum|find|xargs):.*(?:not found|inaccessible)",
        "it lacks a program that is needed there",
        "it must have sh, tar, find, xargs and sha256sum, as busybox and toybox do",
    ),
)

_GONE = re.compile(
    r"Connection (?:to .* )?closed|Connection reset|Broken pipe|Timeout, server"
    r"|Shared connection|mux_client|error: closed|protocol fault"
)


def fault(title: str, said: str, known: Sequence[Fault]) -> DeviceError:
    """Return the error for what a program said; ``title`` is how the person names the device."""
    lines = [line.strip() for line in said.splitlines() if re.search("[a-z]", line)]
    first = [f"it said: {lines[0]}"] if lines else []
    for pattern, clause, hint in known:
        if re.search(pattern, said):
            return DeviceError(f"{title}: {clause}", hints=[hint, *first])
    if not lines or _GONE.search(said):
        return DisconnectedError(f"{title}: the device went away", hints=first)
    return DeviceError(f"{title}: {lines[0]}")
