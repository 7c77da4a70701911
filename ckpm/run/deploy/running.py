"""Run programs in a deployment, in a directory of this run's own that goes away with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ckpm.errors import NotFoundError
from ckpm.system.devices import Device, DeviceError, DisconnectedError
from ckpm.system.devices.lines import one_line
from ckpm.system.devices.trees import fetch_tree, files_below, send_files
from ckpm.system.report import Reporter

_BEGIN = 'mkdir -p "$1/output" "$1/inputs"'
_END = 'rm -rf "$1"'
_VARIABLES = 'cd "$1" && . ./activate.sh && env'
_INSIDE = 'cd "$1" && . ./activate.sh && cd "$2" && shift 2 && exec "$@"'
_FIND = 'cd "$1" && . ./activate.sh && command -v "$2" >/dev/null && echo found || true'


class RemoteRun:
    """One run on a device; ``output`` is where its results go there."""

    def __init__(self, device: Device, root: str, reporter: Reporter) -> None:
        self._device = device
        self._root = root
        self._reporter = reporter
        self.directory = f"{root}.run-{secrets.token_hex(4)}"
        self.output = f"{self.directory}/output"

    def variables(self) -> dict[str, str]:
        """Return the variables that programs of the run see there."""
        lines = (
            line.partition("=") for line in self._device.ask(_VARIABLES, self._root).split("\n")
        )
        return {name: value for name, equals, value in lines if equals}

    def bring(self, name: str, path: Path) -> str:
        """Copy a file or directory of ours beside the run; return its path there."""
        title = path.resolve().name
        files = tuple(files_below(path, title))
        directory = f"{self.directory}/inputs/{one_line(name)}"
        task = self._reporter.task(f"sending {name}", sum(file.size for file in files))
        try:
            send_files(self._device, directory, files, task.advance)
        finally:
            task.done()
        return f"{directory}/{title}"

    def program(self, *argv: str, talk: bool = False) -> int:
        """Run a program with the deployment's variables; return its exit code.

        Raises:
            NotFoundError: when the device has no such program.
            DisconnectedError: when the device went away; the program has been ended then.
        """
        if not self._device.ask(_FIND, self._root, argv[0]):
            raise NotFoundError(
                f"{self._device.title}: there is no program `{argv[0]}` in this environment",
                hints=["a package of the environment or the device itself must have it"],
            )
        inside = ("sh", "-c", _INSIDE, "sh", self._root, self.output, *argv)
        code = self._device.attend(self.directory, *inside, talk=talk)
        if code is None:
            raise DisconnectedError(
                f"{self._device.title}: the device went away while `{argv[0]}` ran",
                hints=["the program is ended there; run the same command again"],
            )
        return code

    def fetch(self, output: Path) -> None:
        """Copy the results into a directory of ours."""
        fetch_tree(self._device, self.output, output)


@contextmanager
def remote_run(device: Device, root: str, reporter: Reporter) -> Iterator[RemoteRun]:
    """Give a run in the deployment at ``root``; its directory is removed at the end."""
    run = RemoteRun(device, root, reporter)
    device.ask(_BEGIN, run.directory)
    try:
        yield run
    finally:
        # What went wrong before matters more than what is left there.
        with suppress(DeviceError):
            device.ask(_END, run.directory)
