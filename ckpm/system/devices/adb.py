"""Android devices reached by the Android SDK's ``adb``, whose shell protocol 2 is needed.

Since Android 7 a command's streams are binary and apart, and its exit code is told. Files travel as
tar through that, because ``adb push`` tells nobody how far it is, and sends whole directories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ckpm.errors import UsageError
from ckpm.system.devices.address import AdbAddress
from ckpm.system.devices.faults import ADB, DeviceError, Fault, fault
from ckpm.system.process import Completed, run_captured

_FEATURE = "shell_v2"


class AdbConnection:
    """One device of those that adb's server knows."""

    # The one place where the shell's user may write files and start them.
    default = "/data/local/tmp/ckpm"
    faults: Sequence[Fault] = ADB

    def __init__(self, address: AdbAddress, program: str, environ: Mapping[str, str]) -> None:
        self._program = program
        self._environ = environ
        self.name = address.serial or self._only_serial()
        self.title = f"adb:{self.name}"
        self.directory = address.directory
        self._require_shell_protocol()

    def argv(self, line: str) -> list[str]:
        return [self._program, "-s", self.name, "shell", "-T", line]

    def close(self) -> None:
        """Adb's server is the person's own, and stays."""

    def _only_serial(self) -> str:
        listed = self._adb("devices", "-l").stdout.splitlines()[1:]
        lines = [line for line in listed if line.strip() and not line.startswith("*")]
        if len(lines) > 1:
            known = [f"adb:{' '.join(line.split())}" for line in lines]
            raise UsageError("several Android devices are connected: say which", hints=known)
        if not lines:
            raise fault("adb:", "no devices/emulators found", ADB)
        return lines[0].split()[0]

    def _require_shell_protocol(self) -> None:
        told = self._adb("-s", self.name, "features")
        if told.returncode != 0:
            raise fault(self.title, told.stderr, ADB)
        if _FEATURE not in told.stdout.split():
            raise DeviceError(
                f"{self.title}: this device or this adb is too old",
                hints=["Android 7 and adb 1.0.36 are the first that tell how a command ended"],
            )

    def _adb(self, *arguments: str) -> Completed:
        return run_captured([self._program, *arguments], environ=self._environ, timeout_s=60)
