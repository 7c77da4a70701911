"""Choose how a device is reached."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ckpm.errors import NotFoundError
from ckpm.system.devices.adb import AdbConnection
from ckpm.system.devices.address import Address, SshAddress
from ckpm.system.devices.connection import Connection
from ckpm.system.devices.device import Device
from ckpm.system.devices.ssh import SshConnection

_PACKAGES = {"ssh": "the OpenSSH client", "adb": "the Android SDK's platform-tools"}


@contextmanager
def open_device(address: Address, environ: Mapping[str, str] | None = None) -> Iterator[Device]:
    """Give the device for a while; nothing stays behind here.

    Raises:
        NotFoundError: when there is no ``ssh`` or ``adb`` in the ``PATH`` of ``environ``.
        UsageError: when an address without a serial could mean several devices.
        DeviceError: when adb's device cannot be used; ssh's is only asked when it is used.
    """
    variables = os.environ if environ is None else environ
    connection = _connection(address, variables)
    try:
        yield Device(connection, variables)
    finally:
        connection.close()


def _connection(address: Address, environ: Mapping[str, str]) -> Connection:
    if isinstance(address, SshAddress):
        return SshConnection(address, _program("ssh", environ), environ)
    return AdbConnection(address, _program("adb", environ), environ)


def _program(name: str, environ: Mapping[str, str]) -> str:
    # The SDK's installers set a variable, and seldom PATH.
    kits = [environ[key] for key in ("ANDROID_HOME", "ANDROID_SDK_ROOT") if environ.get(key)]
    places = [environ.get("PATH", ""), *(f"{kit}/platform-tools" for kit in kits)]
    path = shutil.which(name, path=os.pathsep.join(places))
    if path is None:
        raise NotFoundError(
            f"there is no `{name}` on this machine", hints=[f"install {_PACKAGES[name]}"]
        )
    return path
