"""Bring a deployment to a device: only what differs, and in one step at the end.

Beside the directory ``D`` of a deployment, ``D.incoming`` is one that is not whole yet, and
``D.previous`` the earlier one, for as long as it takes to rename two directories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ckpm.errors import IntegrityError
from ckpm.run.deploy.contents import MANIFEST, Deployment
from ckpm.system.devices import Device, DeviceError, DisconnectedError
from ckpm.system.devices.trees import SentFile, remote_digests, send_files
from ckpm.system.report import Reporter

_LOOK = (
    "for tool in find tar sha256sum; do "
    'command -v "$tool" >/dev/null || { echo "$tool: not found" >&2; exit 1; }; done; '
    'if [ ! -e "$1" ] && [ -e "$1.previous" ]; then echo interrupted; '
    f'elif [ -e "$1" ] && [ ! -f "$1/{MANIFEST}" ] && [ -n "$(ls -A "$1")" ]; then echo strange; fi'
)
_RECOVER = 'mv "$1.previous" "$1"'
_DROP = (
    'cd "$1.incoming" || exit 1; while IFS= read -r name; do rm -f "$name" || exit 1; done; '
    "find . -depth -type d -exec rmdir {} + 2>/dev/null || true"
)
# Android lets nobody make hard links.
_KEEP = (
    'umask 022; mkdir -p "$1.incoming" && while IFS= read -r name; do '
    'new=$1.incoming/$name; [ -d "${new%/*}" ] || mkdir -p "${new%/*}" || exit 1; '
    'ln "$1/$name" "$new" 2>/dev/null || cp -p "$1/$name" "$new" || exit 1; done'
)
_ALLOW = (
    'cd "$1.incoming" && while IFS= read -r name; do '
    '[ -x "$name" ] || chmod 755 "$name" || exit 1; done'
)
_PUBLISH = (
    'rm -rf "$1.previous" && { [ ! -e "$1" ] || mv "$1" "$1.previous"; } && '
    'mv "$1.incoming" "$1" && rm -rf "$1.previous"'
)


@dataclass(frozen=True)
class Difference:
    """What a device lacks of a deployment: ``missing`` must be sent, ``kept`` is there already.

    ``waiting`` came with an earlier attempt, ``stray`` are names that such an attempt left.
    """

    missing: tuple[SentFile, ...]
    kept: tuple[SentFile, ...]
    waiting: tuple[SentFile, ...]
    stray: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether the deployment is there, whole."""
        return not self.missing and not self.waiting

    @property
    def bytes_to_send(self) -> int:
        """The sizes of the missing files."""
        return sum(file.size for file in self.missing)


def compare(device: Device, root: str, deployment: Deployment) -> Difference:
    """Compare a deployment with what lies in ``root`` on a device, file by file.

    Raises:
        DeviceError: when the device cannot be asked, or something else lies there.
    """
    state = device.ask(_LOOK, root).strip()
    if state == "strange":
        raise DeviceError(
            f"{device.title}: `{root}` holds something else than a deployment",
            hints=["choose another directory: `ssh://host/directory`"],
        )
    there = remote_digests(device, f"{root}.previous" if state else root)
    incoming = remote_digests(device, f"{root}.incoming")
    wanted = {file.name: file for file in deployment.files}
    waiting = {n for n, digest in incoming.items() if n in wanted and wanted[n].sha256 == digest}
    kept = {n for n, file in wanted.items() if there.get(n) == file.sha256} - waiting
    return Difference(
        missing=tuple(file for n, file in wanted.items() if n not in waiting | kept),
        kept=tuple(wanted[n] for n in wanted if n in kept),
        waiting=tuple(wanted[n] for n in wanted if n in waiting),
        stray=tuple(sorted(set(incoming) - waiting)),
    )


def push(
    device: Device, root: str, deployment: Deployment, difference: Difference, reporter: Reporter
) -> None:
    """Make ``root`` on a device what the deployment says; the earlier one is whole until then.

    Raises:
        DisconnectedError: when the device goes away, with how far it came.
        DeviceError: when the device cannot write.
        IntegrityError: when what arrived is not what was sent.
    """
    if device.ask(_LOOK, root).strip() == "interrupted":
        device.ask(_RECOVER, root)
    if difference.stray:
        device.ask(_DROP, root, sending=_lines(difference.stray))
    try:
        device.ask(_KEEP, root, sending=_lines(file.name for file in difference.kept))
        _send(device, root, difference, reporter)
        programs = (file.name for file in deployment.files if file.is_program)
        device.ask(_ALLOW, root, sending=_lines(programs))
        _verify(device, root, deployment.files)
        device.ask(_PUBLISH, root)
    except DeviceError as error:
        raise _with_rest(error) from error


def _send(device: Device, root: str, difference: Difference, reporter: Reporter) -> None:
    total, sent = difference.bytes_to_send, 0
    task = reporter.task(f"sending to {device.title}", total)

    def advance(amount: int) -> None:
        nonlocal sent
        sent += amount
        task.advance(amount)

    try:
        send_files(device, f"{root}.incoming", difference.missing, advance)
    except DisconnectedError as error:
        raise DisconnectedError(
            f"{error.message} after about {sent / 1e6:.1f} of {total / 1e6:.1f} MB",
            hints=error.hints,
        ) from error
    finally:
        task.done()


def _with_rest(error: DeviceError) -> DeviceError:
    hints = [
        "what was deployed before is as it was",
        "run the same command again: it goes on with what has arrived",
    ]
    return type(error)(error.message, hints=[*error.hints, *hints])


def _verify(device: Device, root: str, files: Sequence[SentFile]) -> None:
    arrived = remote_digests(device, f"{root}.incoming")
    wrong = [file.name for file in files if arrived.get(file.name) != file.sha256]
    if wrong:
        shown = ", ".join(f"`{name}`" for name in wrong[:3])
        raise IntegrityError(
            f"{len(wrong)} files arrived on {device.title} damaged: {shown}",
            hints=["run the same command again: those are sent again"],
        )


def _lines(names: Iterable[str]) -> str:
    """Return names for ``read``: each with a directory before it, so that it has one."""
    return "".join(f"./{name}\n" for name in names)
