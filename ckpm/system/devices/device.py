"""A device at work: ask it, write to it, read from it, run programs on it and stop them."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from ckpm.system.devices.connection import Connection
from ckpm.system.devices.faults import REMOTE, DeviceError, Fault, fault
from ckpm.system.devices.lines import remote_line
from ckpm.system.process import interrupts_later, kill_group

_STOPPING_S = 10

# The program is in a group of its own. It is ended when our end of the standard input goes away,
# which it does however the connection is lost: neither sshd nor adbd would tell the program.
SUPERVISE = (
    'cd "$1" || exit 1; mine=$1; shift; rm -f exit-code; exec 3<&0; '
    "alone=$(command -v setsid); "
    '$alone "$@" </dev/null 3<&- & program=$!; '
    "(while read -r line; do :; done; "
    'kill -TERM -"$program" || kill -TERM "$program"; sleep 2; '
    'kill -KILL -"$program" || kill -KILL "$program") <&3 >/dev/null 2>&1 & watch=$!; '
    'exec 3<&-; wait "$program"; code=$?; kill -KILL -"$program" 2>/dev/null; '
    'echo "$code" >"$mine/exit-code"; kill "$watch" 2>/dev/null; exit "$code"'
)

# Neither of them tells for certain how a line ended: ssh's own failure looks like one, and an adb
# whose cable is pulled ends well.
# A person's start-up files may print, before we begin.
_BEGIN = b"ckpm: begins\n"
_TOLD = 'echo "ckpm: begins"; ({script}); code=$?; echo "ckpm: ended with $code" >&2; exit "$code"'
_ENDED = re.compile(r"ckpm: ended with (\d+)\s*\Z")


class Device:
    """One device; every script is fixed text, see ``remote_line``."""

    def __init__(self, connection: Connection, environ: Mapping[str, str]) -> None:
        self._connection = connection
        self._environ = environ

    @property
    def title(self) -> str:
        """The device as the person named it."""
        return self._connection.title

    def place(self, environment: str) -> str:
        """Return where an environment goes: an absolute path, or one from the home directory."""
        return self._connection.directory or f"{self._connection.default}/{environment}"

    def ask(self, script: str, *arguments: str, sending: str = "") -> str:
        """Return what a script prints there; ``sending`` is its standard input.

        Raises:
            DeviceError: when the device cannot be reached or the script fails.
        """
        with tempfile.TemporaryFile() as printed:
            with self._running(script, arguments, output=printed) as stream:
                stream.write(sending.encode("utf-8", "surrogateescape"))
            printed.seek(0)
            return printed.read().partition(_BEGIN)[2].decode("utf-8", "surrogateescape")

    @contextmanager
    def writing(self, script: str, *arguments: str) -> Iterator[IO[bytes]]:
        """Give the standard input of a script that runs there; leaving waits for its end.

        Raises:
            DeviceError: when the device goes away or the script fails.
        """
        with self._running(script, arguments, output=subprocess.DEVNULL) as stream:
            yield stream

    @contextmanager
    def reading(self, script: str, *arguments: str) -> Iterator[IO[bytes]]:
        """Give what a script prints there while it runs; leaving waits for its end.

        Raises:
            DeviceError: when the device goes away or the script fails.
        """
        with (
            tempfile.TemporaryFile() as errors,
            self._started(
                _told(script), arguments, subprocess.DEVNULL, subprocess.PIPE, errors
            ) as process,
        ):
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            while process.stdout.readline() not in (_BEGIN, b""):
                pass
            yield process.stdout
            process.stdout.read()
            process.wait()
            self._require_success(errors)

    def attend(self, directory: str, *argv: str, talk: bool = False) -> int | None:
        """Run a program there on our own terminal; return its exit code.

        ``directory`` is its own there, and holds ``exit-code`` at the end. The answer is ``None``
        when the device went away. An interrupt ends the program and all that it started. With
        ``talk``, what it writes to stdout goes to stderr.
        """
        sys.stdout.flush()
        output = sys.stderr.fileno() if talk else None
        line = (SUPERVISE, (directory, *argv))
        with self._started(*line, subprocess.PIPE, output, None) as process:
            try:
                process.wait()
            finally:
                _let_end(process)
        told = self.ask('cat "$1/exit-code" || true', directory).strip()
        return int(told) if told.isdigit() else None

    @contextmanager
    def _running(
        self, script: str, arguments: tuple[str, ...], output: int | IO[bytes]
    ) -> Iterator[IO[bytes]]:
        with (
            tempfile.TemporaryFile() as errors,
            self._started(_told(script), arguments, subprocess.PIPE, output, errors) as process,
        ):
            assert process.stdin is not None  # noqa: S101 - a pipe was asked for
            # One that ends early leaves a broken pipe; why it did, it says itself.
            with suppress(BrokenPipeError, ConnectionResetError):
                yield process.stdin
                process.stdin.flush()
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.close()
            process.wait()
            self._require_success(errors)

    @contextmanager
    def _started(
        self,
        script: str,
        arguments: tuple[str, ...],
        source: int,
        output: int | IO[bytes] | None,
        errors: IO[bytes] | None,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start ssh or adb apart from us: an interrupt must reach us alone, and first."""
        with ExitStack() as stack:
            with interrupts_later():
                process = subprocess.Popen(
                    self._connection.argv(remote_line(script, *arguments)),
                    env=dict(self._environ),
                    stdin=source,
                    stdout=output,
                    stderr=errors,
                    start_new_session=True,
                )
                stack.callback(_end, process)
            yield process

    def _require_success(self, errors: IO[bytes]) -> None:
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
        ended = _ENDED.search(said)
        if ended is None:
            raise self._fault(said, self._connection.faults)
        if ended[1] != "0":
            told = said[: ended.start()].strip() or f"a command there ended with {ended[1]}"
            raise self._fault(told, REMOTE)

    def _fault(self, said: str, known: Sequence[Fault]) -> DeviceError:
        found = fault(self.title, said, known)
        found.hints = tuple(hint.replace("HOST", self._connection.name) for hint in found.hints)
        return found


def _told(script: str) -> str:
    return _TOLD.replace("{script}", script)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        kill_group(process.pid)
    process.wait()
    for stream in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):
            stream.close() if stream else None


def _let_end(process: subprocess.Popen[bytes]) -> None:
    """Close our end, and give the device time to end the program."""
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    with suppress(BrokenPipeError):
        process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOPPING_S)
