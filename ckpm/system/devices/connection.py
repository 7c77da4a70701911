"""What ssh and adb have in common: each has a shell on the device read one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ckpm.system.devices.faults import Fault


class Connection(Protocol):
    """A way to one device."""

    title: str
    """The device as the person named it."""

    name: str
    """The device as ssh or adb names it."""

    directory: str
    """Where a deployment goes, if the person said so; see ``default``."""

    default: str
    """The directory of all others, an absolute path or one from the home directory."""

    faults: Sequence[Fault]
    """What ssh or adb may say when they fail themselves."""

    def argv(self, line: str) -> list[str]:
        """Return what runs ``line`` there; streams and exit code are those of the line."""

    def close(self) -> None:
        """Leave nothing running here."""
