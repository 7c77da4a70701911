"""HTTP: files fetched whole or resumed, verified while they stream; small documents."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ckpm.errors import DownloadError, IntegrityError
from ckpm.model.lock import host_of
from ckpm.model.recipe import Digest
from ckpm.model.refusals import UnreachableError
from ckpm.system.files import publish_file, storage_errors, write_text

if TYPE_CHECKING:
    import requests

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 60
DEADLINE_S = 6 * 3600
# What a connection that breaks off may lose of what it brought.
CHUNK_BYTES = 1 << 16
ATTEMPTS = 3

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the bytes must be; ``None`` and nothing where nobody published it."""

    size: int | None = None
    digests: tuple[Digest, ...] = ()


def fetch_file(
    urls: Sequence[str], destination: Path, expected: Expectation, progress: Progress
) -> str:
    """Fetch a file from the first mirror that has it; return its sha256.

    What an interrupted run left beside ``destination`` is continued where that is sure to give one
    state of the file: the server still has that state, or a digest will tell.

    Raises:
        UnreachableError: when no mirror could be reached.
        IntegrityError: when the bytes are not the expected ones.
        DownloadError: when the mirrors answered, but not with the file.
    """
    faults: list[DownloadError | IntegrityError] = []
    download = _Download(destination, expected, progress)
    for url in urls:
        try:
            return download.fetch(url)
        except (DownloadError, IntegrityError) as error:
            faults.append(error)
    raise _together(f"cannot fetch `{destination.name}`", faults)


def _together(
    message: str, faults: Sequence[DownloadError | IntegrityError]
) -> DownloadError | IntegrityError:
    """Return one error for all mirrors: wrong bytes weigh most, then that somebody answered."""
    tried = [fault.message for fault in faults]
    hints = dict.fromkeys(hint for fault in faults for hint in fault.hints)
    if any(isinstance(fault, IntegrityError) for fault in faults):
        lines = "".join(f"\n  {line}" for text in tried for line in text.splitlines())
        return IntegrityError(message + lines, hints=hints)
    silent = all(isinstance(fault, UnreachableError) for fault in faults)
    return (UnreachableError if silent else DownloadError)(message, tried=tried, hints=hints)


class _BrokenOffError(DownloadError):
    """The connection ended before the file did."""


class _Download:
    """One file on its way: ``partial`` is what is here, ``validator`` which state it is of."""

    def __init__(self, destination: Path, expected: Expectation, progress: Progress) -> None:
        self.destination = destination
        self.expected = expected
        self.partial = destination.with_name(f"{destination.name}.part")
        self.validator = destination.with_name(f"{destination.name}.part-of")
        self.progress = progress
        self.shown = 0

    def fetch(self, url: str) -> str:
        """Fetch from one mirror; a connection that breaks off is taken up again a few times."""
        with storage_errors(self.partial.parent):
            self.partial.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(ATTEMPTS - 1):
            try:
                return self._fetch(url)
            except _BrokenOffError:
                continue
        return self._fetch(url)

    def _fetch(self, url: str) -> str:
        done = self.partial.stat().st_size if self.partial.exists() else 0
        if done == 0 or done != self.expected.size:
            self._stream(url, done)
        digests = _hash(self.partial, self.expected)
        self._verify(url, digests)
        publish_file(self.partial, self.destination)
        self.validator.unlink(missing_ok=True)
        return digests["sha256"]

    def _stream(self, url: str, done: int) -> None:
        with _request(url, self._range(url, done)) as response:
            if response.status_code == 416 or not _continues(response, done):
                response.close()
                self._forget()
                self._stream(url, 0)
                return
            resumed = response.status_code == 206
            if not resumed:
                self._remember(url, response)
            mode = "ab" if resumed else "wb"
            with storage_errors(self.partial.parent), self.partial.open(mode) as file:
                self._show(file.tell())
                for chunk in _chunks(response, url):
                    file.write(chunk)
                    self._show(file.tell())
                    self._check_length(url, file.tell())

    def _range(self, url: str, done: int) -> dict[str, str]:
        """Ask for the rest, and for all of it where the file is no longer the one begun with."""
        known = self.validator.read_text(encoding="utf-8") if self.validator.is_file() else ""
        address, _, state = known.partition("\n")
        if done and address == url and state:
            return {"Range": f"bytes={done}-", "If-Range": state}
        # Mirrors have the same bytes, or the digest says that they have not.
        return {"Range": f"bytes={done}-"} if done and self.expected.digests else {}

    def _remember(self, url: str, response: requests.Response) -> None:
        etag = response.headers.get("ETag", "")
        # A weak one does not speak of bytes (RFC 9110, 13.1.5).
        state = response.headers.get("Last-Modified", "") if etag[:2] in ("", "W/") else etag
        write_text(self.validator, f"{url}\n{state}")

    def _show(self, received: int) -> None:
        self.progress(received - self.shown)
        self.shown = received

    def _check_length(self, url: str, received: int) -> None:
        if self.expected.size is not None and received > self.expected.size:
            self._forget()
            raise IntegrityError(f"`{url}` sends more than the {self.expected.size} bytes promised")

    def _verify(self, url: str, digests: dict[str, str]) -> None:
        size = self.partial.stat().st_size
        if self.expected.size is not None and size < self.expected.size:
            raise _BrokenOffError(f"`{url}` ended after {size} of {self.expected.size} bytes")
        for digest in self.expected.digests:
            if digests[digest.algorithm] != digest.value:
                self._forget()
                raise IntegrityError(
                    f"`{url}` is not the file that was promised\n"
                    f"  expected {digest.algorithm} {digest.value}\n"
                    f"  received {digest.algorithm} {digests[digest.algorithm]}",
                    hints=["try again; if it stays so, the file changed: tell the recipe's author"],
                )

    def _forget(self) -> None:
        """Drop what is here: kept, it would only be continued and fail again."""
        self.partial.unlink(missing_ok=True)
        self.validator.unlink(missing_ok=True)


def _continues(response: requests.Response, done: int) -> bool:
    """Whether an answer is the whole file, or the rest from just where we are."""
    start = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return response.status_code != 206 or start == str(done)


def _chunks(response: requests.Response, url: str) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError

    deadline = time.monotonic() + DEADLINE_S
    try:
        # The bytes as they are sent: servers call a .tar.gz "encoded", and a client that decodes it
        # has another file than the one whose digest was published.
        for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
            if time.monotonic() > deadline:
                raise DownloadError(f"`{url}` took longer than {DEADLINE_S // 3600} hours")
            yield chunk
    except HTTPError as error:
        raise _BrokenOffError(f"`{url}` broke off: {_reason(error)}") from error


def _request(url: str, headers: dict[str, str]) -> requests.Response:
    import requests

    # Without this, a server may compress what is already compressed, and sizes no longer tell.
    headers = {"Accept-Encoding": "identity", **headers}
    try:
        response = requests.get(
            url, headers=headers, stream=True, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        )
    except requests.ConnectionError as error:
        raise UnreachableError(f"cannot reach {host_of(url)}: {_reason(error)}") from error
    except requests.RequestException as error:
        raise DownloadError(f"cannot ask `{url}`: {_reason(error)}") from error
    if response.status_code >= 400 and not (response.status_code == 416 and "Range" in headers):
        response.close()
        raise DownloadError(f"`{url}` answers {response.status_code} {response.reason}")
    return response


def _hash(path: Path, expected: Expectation) -> dict[str, str]:
    names = {"sha256", *(digest.algorithm for digest in expected.digests)}
    hashers = {name: hashlib.new(name, usedforsecurity=False) for name in sorted(names)}
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            for hasher in hashers.values():
                hasher.update(chunk)
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}


def verify_file(path: Path, expected: Expectation) -> str:
    """Check a local file; return its sha256.

    Raises:
        IntegrityError: when it is not what was expected.
    """
    digests = _hash(path, expected)
    if expected.size is not None and path.stat().st_size != expected.size:
        raise IntegrityError(f"`{path.name}` has {path.stat().st_size} of {expected.size} bytes")
    for digest in expected.digests:
        if digests[digest.algorithm] != digest.value:
            raise IntegrityError(
                f"`{path.name}` is not the file that was promised: its {digest.algorithm} differs"
            )
    return digests["sha256"]


def read_text(url: str) -> str:
    """Return a small document.

    Raises:
        UnreachableError, DownloadError: as for files.
    """
    with _request(url, {}) as response:
        return b"".join(_chunks(response, url)).decode("utf-8", errors="replace")


def is_reachable(url: str, timeout_s: float = 4) -> bool:
    """Whether anybody answers at the host of an address, whatever the answer."""
    import requests

    try:
        requests.head(url, timeout=timeout_s, allow_redirects=False).close()
    except requests.RequestException:
        return False
    return True


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if "name or service not known" in text or "resolution" in text or "getaddrinfo" in text:
        return "no such host from here"
    if "refused" in text:
        return "connection refused"
    if "timed out" in text or "timeout" in text:
        return "no answer in time"
    if "certificate" in text:
        return "its certificate is not trusted"
    return type(error).__name__
