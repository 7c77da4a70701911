"""Other machines that results run on: reached by ssh or adb, through the system's own programs."""

from ckpm.system.devices.address import AdbAddress, Address, SshAddress, is_device, read_address
from ckpm.system.devices.device import Device
from ckpm.system.devices.facts import DeviceFacts, device_facts, device_target
from ckpm.system.devices.faults import DeviceError, DisconnectedError
from ckpm.system.devices.opening import open_device

__all__ = [
    "AdbAddress",
    "Address",
    "Device",
    "DeviceError",
    "DeviceFacts",
    "DisconnectedError",
    "SshAddress",
    "device_facts",
    "device_target",
    "is_device",
    "open_device",
    "read_address",
]
