"""Whether what was made for a target can run on a device."""

from __future__ import annotations

from ckpm.model.platform import Platform
from ckpm.model.version import Version
from ckpm.system.devices import DeviceError

# Facts that a device must have at least.
_LEAST = {"api": "Android API level", "glibc": "glibc", "macos": "macOS", "musl": "musl"}


def misfit(target: Platform, device: Platform) -> str | None:
    """Return why a device cannot run what is made for ``target``; ``None`` if it can.

    What the device did not tell is taken to fit.
    """
    if (target.os, target.arch) != (device.os, device.arch):
        return f"it is {device.os}-{device.arch}, and this is made for {target.name}"
    ours, theirs = dict(target.facts), dict(device.facts)
    if ("musl" in ours) != ("musl" in theirs) and target.os == "linux":
        library = "musl" if "musl" in theirs else "glibc"
        return f"its C library is {library}, and this is made for {target.name}"
    for name, title in _LEAST.items():
        if name in ours and name in theirs and Version(theirs[name]) < Version(ours[name]):
            return f"it has {title} {theirs[name]}, and this may need {ours[name]}"
    return None


def require_fit(title: str, target: Platform, device: Platform) -> None:
    """Refuse a device that cannot run what is made for ``target``.

    Raises:
        DeviceError: with the target to install for instead.
    """
    reason = misfit(target, device)
    if reason is not None:
        facts = [f"{n}={v}" for n, v in device.facts if n in _LEAST]
        wanted = device.name + (":" + ",".join(facts) if facts else "")
        raise DeviceError(
            f"{title} does not fit: {reason}",
            hints=[f"install for it: `ckpm install --target {wanted}`"],
        )
